"""The connection to Temporal, and the search attributes that it must know."""

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.service import RPCError

from engine.store.settings import Settings
from workers.names import ATTRIBUTES


class NoTemporal(ConnectionError):
    """Temporal cannot be reached. Start it, or set WEND_TEMPORAL_ADDRESS."""


async def connect(settings: Settings) -> Client:
    """A client for the configured server. NoTemporal where nobody answers."""
    try:
        return await Client.connect(
            settings.temporal_address,
            namespace=settings.temporal_namespace,
            tls=settings.temporal_tls,
            api_key=settings.temporal_api_key,
        )
    except (RuntimeError, RPCError) as error:
        raise NoTemporal(
            f"Temporal does not answer at {settings.temporal_address} ({error}). "
            "Start it with `wend up`, or set WEND_TEMPORAL_ADDRESS."
        ) from error


async def ensure_search_attributes(client: Client) -> None:
    """Add Wend's search attributes to the namespace, where they are missing."""
    known = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    missing = [name for name in ATTRIBUTES if name not in known.custom_attributes]
    if missing:
        keyword = IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD
        await client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(
                namespace=client.namespace, search_attributes=dict.fromkeys(missing, keyword)
            )
        )
