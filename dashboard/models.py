"""Floor 4. The table of the desks. It is written and read by `dashboard/desks.py`."""

from django.db import models


class KeptDesk(models.Model):
    """The desk of an `owner`, a user or a browser, as the JSON that its page sent.

    `revision` rises by one with each change. `used`, in ms UTC, is when it was last changed or opened; of the
    latter it is right to a day.
    """

    owner = models.CharField(max_length=64, unique=True)
    revision = models.BigIntegerField()
    document = models.TextField()
    used = models.BigIntegerField(db_index=True)

    class Meta:
        db_table = "dashboard_desk"
        verbose_name = "desk"

    def __str__(self) -> str:
        return f"{self.owner}, revision {self.revision}"
