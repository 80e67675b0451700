"""The staff user: signs in by email, opens the admin by a membership."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    """Makes users by email address."""

    use_in_migrations = True

    def _create(self, email: str, password: str | None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_user(
        self, email: str, password: str | None = None, **fields: Any
    ) -> User:
        """A staff user; rights come from memberships alone."""
        return self._create(email, password, **fields)

    def create_superuser(
        self, email: str, password: str | None = None, **fields: Any
    ) -> User:
        """A platform admin: runs the installation, sees nobody's people."""
        return self._create(email, password, is_superuser=True, is_staff=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").lower())


class User(AbstractUser):
    """A member of staff. Deactivated, never deleted: the log names them."""

    username = None  # type: ignore[assignment]
    email = models.EmailField(
        _("email"),
        unique=True,
        error_messages={"unique": _("Somebody with this address is already here.")},
    )

    phone = models.CharField(
        _("mobile number"),
        max_length=16,
        blank=True,
        help_text=_(
            "Emergencies that need you come by text as well, wherever you work. "
            "It stands in the log of what you were sent."
        ),
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()  # type: ignore[assignment,misc]

    class Meta:
        ordering = ("email",)
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    @property
    def is_platform_admin(self) -> bool:
        return self.is_superuser
