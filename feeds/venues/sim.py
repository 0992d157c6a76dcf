from feeds.venues.base import Venue


class Sim(Venue):
    name = "SIM"
    title = "Simulated"
    mode = "made"
    simulated = True
