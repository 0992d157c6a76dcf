/** Wire floor. Times as the clock of a place shows them: UTC, this machine's, or the venue's. */

const HOUR = 3_600_000;
const KEPT = 4096;

/** Return the function time (ms UTC) → ms by which a place's clock is ahead of UTC, remembered by the hour. */
function offsets(measure) {
  const known = new Map();
  return (time) => {
    const hour = Math.floor(time / HOUR);
    let offset = known.get(hour);
    if (offset === undefined) {
      if (known.size > KEPT) known.clear();
      offset = measure(hour * HOUR);
      known.set(hour, offset);
    }
    return offset;
  };
}

const local = offsets((time) => -new Date(time).getTimezoneOffset() * 60_000);
const places = new Map([["UTC", () => 0]]);

function inPlace(place) {
  if (!places.has(place)) {
    const clock = new Intl.DateTimeFormat("en-US", {
      timeZone: place, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric",
    });
    const measure = (time) => {
      const parts = Object.fromEntries(clock.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
      return Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute) - time;
    };
    places.set(place, offsets(measure));
  }
  return places.get(place);
}

/**
 * Return the function that shifts a time (ms UTC) so that, written as UTC, it is what the zone's clock shows.
 * @param {"utc"|"local"|"exchange"} zone @param {string} place the venue's, as "America/New_York"
 */
export function shiftOf(zone, place = "UTC") {
  const offset = zone === "local" ? local : inPlace(zone === "exchange" ? place : "UTC");
  return (time) => time + offset(time);
}

/** Return the ms UTC at which a zone's clock shows a time (written as UTC); at an hour that it shows twice or never, near it. */
export function unshifted(shift, shown) {
  const time = shown - (shift(shown) - shown);
  return shown - (shift(time) - time);
}

/** Return a zone's name for people: UTC, New York, UTC+1. */
export function zoneText(zone, place, time) {
  if (zone === "exchange") return place.split("/").pop().replaceAll("_", " ");
  if (zone === "utc") return "UTC";
  const minutes = Math.round(local(time) / 60_000);
  const [hours, rest] = [Math.trunc(minutes / 60), Math.abs(minutes % 60)];
  return `UTC${hours < 0 ? "−" : "+"}${Math.abs(hours)}${rest ? `:${String(rest).padStart(2, "0")}` : ""}`;
}
