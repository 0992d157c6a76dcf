"""The house's rules, read from the imports: floors, doors between packages, and who may know what.

A room imports its own floor or a lower one, never in a circle. A new file fails here until it is placed.
"""

import ast
import re
import sys
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("feeds", "dashboard", "ticker")

FLOORS = {
    0: "feeds: errors names groups formulas symbols market",
    1: "feeds: wire",
    2: """feeds: venues.* derived pushed kinds bars making charts rollup board demand freshness backoff
                 budget asked skew check share
          dashboard: session trail limits interest lateness""",
    3: """feeds: redis_hosts lease clock recording tape replay backfill refusals transport together
                 ccxt_line feed ccxt_feed stream leg serving lines poll fallback made telling hearing engine
                 history gaps pasts listing models query rows recents series closes
                 formula_feed formula_series catalogue elsewhere store vitals watchdog""",
    4: """feeds: apps admin consumers layer worker metrics pages routing probe management.commands.runworker
                 management.commands.record management.commands.feedcheck
                 management.commands.backfill
          dashboard: consumers hub mirror pump reader statuses held uplink wants catalogue metrics origin
                     routing past clock logins figure finders views machines ready scrape urls
                     push api elsewhere answers schemas sparks farewell recents
                     models desks writes desk_api pwa looks library scene sketch traces panes
                     portrait portrait_api modules""",
    5: """ticker: settings asgi files shortcut doorstep urls env values embedded log supervise health
                  management.commands.live""",
}
SEEN_BY_DASHBOARD = {"feeds.errors", "feeds.symbols", "feeds.market", "feeds.wire", "feeds.store"}
SEEN_BY_DASHBOARD |= {"feeds.vitals"}  # what any process of ours measures of itself
PURE = 2  # the highest floor that has no clock, no file, no socket and no database
NOT_PURE = {"asyncio", "logging", "os", "pathlib", "select", "socket", "sqlite3", "ssl", "subprocess"}
NOT_PURE |= {"tempfile", "threading", "time"}
JAVASCRIPT_FLOORS = {"Wire floor": 1, "Store floor": 2, "View floor": 3, "Main floor": 4}
LONGEST_FUNCTION = 60


def listed() -> dict[str, int]:
    """Return the floor of every listed room; a folder's is under `package.folder.*`."""
    rooms = {}
    for floor, text in FLOORS.items():
        package = ""
        for word in text.split():
            if word.endswith(":"):
                package = word[:-1]
            else:
                rooms[f"{package}.{word}"] = floor
    return rooms


@cache
def rooms() -> dict[str, Path]:
    """Return every module that holds something, but for migrations, which Django writes."""
    found = {}
    for path in sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        if "migrations" not in path.parts and path.read_text().strip():
            found[name] = path
    return found


def floor_of(room: str) -> int | None:
    """Return the floor of a room, None when it is not listed."""
    table = listed()
    folder = room if room.count(".") == 1 else room.rpartition(".")[0]
    return table.get(room, table.get(f"{folder}.*"))


@cache
def tree_of(room: str) -> ast.Module:
    return ast.parse(rooms()[room].read_text())


@cache
def imports_of(room: str) -> frozenset[str]:
    """Return the full name of everything a room imports, anywhere in it."""
    names = set()
    for node in ast.walk(tree_of(room)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{room}: a relative import hides where it leads"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(names)


def rooms_seen(room: str) -> set[str]:
    """Return the rooms of ours that a room imports."""
    seen = set()
    for name in imports_of(room):
        while name and name not in rooms():
            name = name.rpartition(".")[0]
        seen |= {name} if name else set()
    return seen


def outsiders_seen(room: str) -> set[str]:
    """Return the top names of other people's packages that a room imports."""
    tops = {name.partition(".")[0] for name in imports_of(room)}
    return {top for top in tops if top not in sys.stdlib_module_names and top not in PACKAGES}


def test_every_room_is_placed_and_says_where():
    wrong = []
    for room in rooms():
        said = re.match(r"Floor (\d)\.", ast.get_docstring(tree_of(room)) or "")
        if (floor := floor_of(room)) is None:
            wrong.append(f"{room} is new: place it in FLOORS, and in ARCHITECTURE.md")
        elif (said is None and not room.startswith("feeds.venues")) or (said and int(said[1]) != floor):
            wrong.append(f"{room}: the docstring has to begin with: Floor {floor}.")
    assert wrong == []


def test_the_list_names_only_rooms_that_exist():
    there = {*rooms(), *(f"{room.rpartition('.')[0]}.*" for room in rooms())}
    assert set(listed()) - there == set()


def test_the_map_shows_every_room():
    shown = (ROOT / "ARCHITECTURE.md").read_text()
    files = {path.name for room, path in rooms().items() if not room.startswith("feeds.venues")}
    assert {name for name in files if f"`{name}`" not in shown} == set()


def test_a_room_sees_its_own_floor_and_lower_ones():
    floors = {room: floor for room in rooms() if (floor := floor_of(room)) is not None}
    pairs = [(room, seen) for room in floors for seen in rooms_seen(room) & set(floors)]
    wrong = [(room, seen) for room, seen in pairs if floors[seen] > floors[room]]
    assert wrong == []


def test_never_in_a_circle():
    graph = {room: rooms_seen(room) - {room} for room in rooms()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


def test_packages_look_one_way():
    def may_see(room: str, seen: str) -> bool:
        mine, other = room.partition(".")[0], seen.partition(".")[0]
        return mine in (other, "ticker") or (mine == "dashboard" and seen in SEEN_BY_DASHBOARD)

    assert [(room, seen) for room in rooms() for seen in rooms_seen(room) if not may_see(room, seen)] == []


def test_the_pure_floors_know_only_words():
    wrong = {}
    for room in (room for room in rooms() if (floor_of(room) or 0) <= PURE and floor_of(room) is not None):
        tops = {name.partition(".")[0] for name in imports_of(room)}
        wrong[room] = (outsiders_seen(room) - {"msgspec"}) | (tops & NOT_PURE)
    assert {room: names for room, names in wrong.items() if names} == {}


def test_one_door_for_each_outsider():
    for room in rooms():
        outsiders = outsiders_seen(room)
        assert "channels" not in outsiders or (floor_of(room) or 0) >= 4, room
        assert not outsiders & {"httpx", "websockets"} or room == "feeds.transport", room
        assert "ccxt" not in outsiders or room == "feeds.ccxt_line", room


def test_functions_fit_a_screen():
    functions = [
        (room, node.name, (node.end_lineno or 0) - node.lineno + 1)
        for room in rooms()
        for node in ast.walk(tree_of(room))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]
    assert [function for function in functions if function[2] > LONGEST_FUNCTION] == []


# --------------------------------------------------------------------------- the browser's side
SCRIPTS = sorted((ROOT / "static" / "js").rglob("*.js"))
IMPORT = re.compile(r"^\s*(?:import|export)\b[^;'\"]*?\bfrom\s*[\"']([^\"']+)[\"'](;?)", re.M)


def javascript_floor(script: Path) -> int | None:
    """Return the floor that a module's first comment names."""
    head = script.read_text()[:200]
    return next((floor for name, floor in JAVASCRIPT_FLOORS.items() if name in head), None)


def test_scripts_keep_their_floors():
    wrong = []
    for script in SCRIPTS:
        if (floor := javascript_floor(script)) is None:
            wrong.append(f"{script.name}: the first comment says one of {', '.join(JAVASCRIPT_FLOORS)}")
            continue
        for target, semicolon in IMPORT.findall(script.read_text()):
            above = (javascript_floor((script.parent / target).resolve()) or 9) > floor
            if above or not semicolon or not target.startswith("."):  # unhashed without a semicolon
                wrong.append(f"{script.name}: {target}{semicolon}")
    assert SCRIPTS and wrong == []


def test_only_the_chart_knows_plotly():
    assert [script.name for script in SCRIPTS if "Plotly" in script.read_text()] == ["chart.js"]
