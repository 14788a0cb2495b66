"""Parameters of the writers that are language models."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from dramatis.core.params import Params

Variable = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=100)]
"""Name of an environment variable."""
Temperature = Annotated[float, Field(ge=0, le=2)]
Seconds = Annotated[float, Field(gt=0, le=86400)]


class OpenAIParams(Params):
    """A server that speaks the protocol of OpenAI's chat completions: llama.cpp, vLLM, Ollama and others."""

    address_env: Variable = Field(description="Environment variable with the server's address, up to `/v1`.")
    key_env: Variable | None = Field(description="Environment variable with the key; null or unset: none is sent.")
    model: str | None = Field(min_length=1, description="Model, as the server calls it; null: its first.")
    temperature: Temperature = Field(description="How freely it chooses words; 0 always takes the likeliest.")
    max_tokens: int = Field(ge=64, le=200_000, description="Longest answer [tokens].")
    connect_s: Seconds = Field(description="Longest wait for a connection [s].")
    read_s: Seconds = Field(description="Longest wait for the next bytes [s].")
    total_s: Seconds = Field(description="Longest time for one answer [s].")
    max_bytes: int = Field(ge=1000, le=100_000_000, description="Longest reply of the server [bytes].")


class TransformersParams(Params):
    """A language model of transformers on this machine."""

    model: str | None = Field(min_length=1, description="Folder, or hub id that is fetched; null: none.")
    temperature: Temperature = Field(description="How freely it chooses words; 0 always takes the likeliest.")
    max_tokens: int = Field(ge=16, le=200_000, description="Longest answer [tokens].")
    total_s: Seconds = Field(description="Longest time for one answer [s].")
    device: Literal["cpu", "cuda"] = Field(description="What it runs on.")
    precision: Literal["fp32", "bf16", "fp16"] = Field(description="Numbers that it computes with.")
