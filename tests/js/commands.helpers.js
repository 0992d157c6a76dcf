/** What a desk has, for the tests of the command line. */

const length = (value) => [{ key: "length", label: "Length", value, least: 1, most: 500, step: 1 }];

export const COMMAND_FACTS = {
  intervals: ["1s", "5m", "1h", "1d"],
  studies: [
    { kind: "ema", title: "EMA", long: "Exponential moving average", params: length(21) },
    { kind: "sma", title: "SMA", long: "Simple moving average", params: length(50) },
    { kind: "rsi", title: "RSI", params: length(14) },
    { kind: "vwap", title: "VWAP", params: [] },
    { kind: "bollinger", title: "Bollinger", long: "Bollinger bands", params: [...length(20), { key: "width", label: "Deviations", value: 2, least: 0.1, most: 10, step: 0.1 }] },
    { kind: "profile", title: "Volume profile", params: [{ key: "rows", label: "Rows", value: 48, least: 4, most: 200, step: 1 }] },
  ],
  types: ["candles", "bars", "line", "area", "heikin"],
  scales: ["linear", "log", "percent"],
  grids: [1, 2, 3, 4, 6],
  desks: ["Main", "Morning run", "Über"],
  lists: ["Majors", "fx"],
  colours: ["blue", "amber"],
  themes: ["dark", "light", "system"],
  zones: ["utc", "local", "exchange"],
  symbolNow: "SIM:BTC-USD",
  now: Date.UTC(2026, 10, 20, 13),
};
