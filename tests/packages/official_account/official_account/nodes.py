"""A message to a follower of the official account."""

from typing import Annotated, Any

from wend import Context, Field, NeedsPerson, Result, TryAgain, Unknown, node, ui

API = "https://chat.example/v1/messages"


class Message:
    """What is sent."""

    text: Annotated[str, ui(widget="textarea", rows=4)] = Field(
        title="Text",
        description="What the follower reads, up to 480 characters.",
        min_length=1,
        max_length=480,
    )
    sender: Annotated[str, ui(widget="text")] = Field(
        default="shop", title="Sender", description="The name under which it appears."
    )


@node(
    "official_account.send_message",
    version=2,
    family="act",
    ports={"sent": "Sent", "no_follower?": "Does not follow"},
    effect="once",
    icon="message-circle",
    label="Send chat message",
    summary="Send a chat message from {sender}",
    synonyms=["chat", "wechat", "line", "follower"],
    uses=["official_account_token"],
)
async def send_message(ctx: Context, cfg: Message) -> str | Result:
    """Send a message to the contact, if they follow the account."""
    if not ctx.contact.follower_id:
        return "no_follower"
    token = ctx.secrets["official_account_token"]
    reply = await ctx.http.post(
        API,
        headers={"authorization": f"Bearer {token}"},
        json={"to": ctx.contact.follower_id, "from": cfg.sender, "text": cfg.text, "ref": ctx.key},
    )
    if reply.status == 401:
        raise NeedsPerson(
            "provider_auth",
            "The chat service refuses the token. Set WEND_SECRET_OFFICIAL_ACCOUNT_TOKEN anew, and replay.",
        )
    if reply.status == 404:
        return "no_follower"
    if reply.status == 429:
        raise TryAgain(reply.retry_after)
    if reply.status >= 400:
        raise Unknown
    return Result("sent", {"message_id": reply.json()["id"]})


@send_message.reconcile
async def _(ctx: Context, cfg: Message) -> Result | None:
    token = ctx.secrets["official_account_token"]
    reply = await ctx.http.get(API, headers={"authorization": f"Bearer {token}"}, params={"ref": ctx.key})
    found = reply.json()["messages"]
    return Result("sent", {"message_id": found[0]["id"]}) if found else None


@send_message.upgrade(1)
def _(old: dict[str, Any]) -> dict[str, Any]:
    return {"text": old["body"], "sender": old.get("sender", "shop")}
