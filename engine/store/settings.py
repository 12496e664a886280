"""Settings of a process, from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the database and Temporal are. See the README for the variables' names."""

    database_url: str
    temporal_address: str
    temporal_namespace: str
    temporal_tls: bool
    temporal_api_key: str | None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """WEND_DATABASE_URL, WEND_TEMPORAL_ADDRESS, WEND_TEMPORAL_NAMESPACE, WEND_TEMPORAL_TLS, WEND_TEMPORAL_API_KEY;
        what is not set is the local stack in ./.wend."""
        local = f"sqlite:///{Path('.wend').absolute() / 'wend.db'}"
        key = environment.get("WEND_TEMPORAL_API_KEY") or None
        return cls(
            database_url=environment.get("WEND_DATABASE_URL", local),
            temporal_address=environment.get("WEND_TEMPORAL_ADDRESS", "127.0.0.1:7233"),
            temporal_namespace=environment.get("WEND_TEMPORAL_NAMESPACE", "default"),
            temporal_tls=key is not None or environment.get("WEND_TEMPORAL_TLS", "") in ("1", "true", "yes"),
            temporal_api_key=key,
        )
