"""Floor 4. The paths of the desk."""

from django.contrib.auth import views as auth
from django.urls import path

from dashboard import machines, pwa, views
from dashboard.api import api

urlpatterns = [
    path("", views.desk, name="desk"),
    path("login/", auth.LoginView.as_view(template_name="dashboard/login.html"), name="login"),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
    path("api/", api.urls),
    path("manifest.webmanifest", pwa.manifest, name="manifest"),
    path("sw.js", pwa.worker, name="worker"),
    path("offline/", pwa.offline, name="offline"),
    *(path(where.removeprefix("/"), page) for where, page in machines.PAGES.items()),
]
