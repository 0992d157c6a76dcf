"""The yardstick: live prices the way the tutorial of Channels builds a chat. A group for each symbol, every
socket in the group of each of its symbols, `send_json` for each tick, `group_send` for each tick."""
