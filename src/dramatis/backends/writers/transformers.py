"""Writers that are language models of transformers on this machine: a folder, or a hub id that is fetched."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dramatis.backends.writers import Attempt, Task
from dramatis.backends.writers.chat import messages_of
from dramatis.backends.writers.params import TransformersParams
from dramatis.core.errors import InputError, MissingError
from dramatis.core.foreign import check_whole, refused_as

SETTING = "story.transformers.model"


def load(params: TransformersParams) -> "TransformersWriter":
    """The writer with the model that the parameters name.

    Raises:
        MissingError: none is named, or it is not there.
        InputError: it is no language model, or parts of it are missing.
    """
    if params.model is None:
        remedy = "Set it to the folder or hub id of a language model, or use the writer `grammar`"
        raise MissingError(SETTING, "it is null", remedy)
    return TransformersWriter(params)


class TransformersWriter:
    """A language model; see `Writer`. It is loaded when it is first asked, so a kept answer needs none."""

    def __init__(self, params: TransformersParams):
        self.params = params
        self.model: Mapping[str, Any] = {"writer": "transformers", **params.model_dump(exclude={"total_s", "device"})}
        self._parts: tuple[Any, Any] | None = None

    def write(self, task: Task, earlier: Sequence[Attempt]) -> str:
        """The model's answer: the same for the same seed on the same machine.

        Raises:
            InputError: the model is missing or damaged, or the question is longer than it reads.
        """
        import torch

        self._parts = self._parts or _loaded(str(self.params.model), self.params)
        model, tokenizer = self._parts
        ids = self._ids(tokenizer, messages_of(task, earlier)).to(model.device)
        self._check_room(model, ids.shape[1])
        how: dict[str, Any] = {"do_sample": False}
        if self.params.temperature:
            how = {"do_sample": True, "temperature": self.params.temperature, "top_k": 0, "top_p": 0.95}
        devices = [model.device] if model.device.type == "cuda" else []
        with torch.random.fork_rng(devices=devices), torch.inference_mode():
            torch.manual_seed((task.seed + len(earlier)) % 2**63)
            said = model.generate(
                input_ids=ids,
                attention_mask=torch.ones_like(ids),
                max_new_tokens=self.params.max_tokens,
                max_time=self.params.total_s,
                pad_token_id=tokenizer.pad_token_id if tokenizer.pad_token_id is not None else tokenizer.eos_token_id,
                **how,
            )
        text: str = tokenizer.decode(said[0, ids.shape[1] :], skip_special_tokens=True)
        return text

    def _ids(self, tokenizer: Any, messages: list[dict[str, str]]) -> Any:
        """Tokens of the conversation, shape (1, T): by the model's own template if it has one."""
        if tokenizer.chat_template:
            text = tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
            return tokenizer(text, return_tensors="pt", add_special_tokens=False).input_ids
        text = "\n\n".join(f"{message['role']}: {message['content']}" for message in messages)
        return tokenizer(f"{text}\n\nassistant: ", return_tensors="pt").input_ids

    def _check_room(self, model: Any, count: int) -> None:
        most = getattr(model.config, "max_position_embeddings", None)
        if most is not None and count >= most:
            problem = f"the question has {count} tokens, and the model reads {most}"
            raise InputError(str(self.params.model), problem, "Use a model that reads more, or ask for fewer panels")


def _loaded(name: str, params: TransformersParams) -> tuple[Any, Any]:
    """Model and tokenizer. Weights are safetensors only, and no code of a repository is run."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    local = Path(name).is_dir()
    if params.device == "cuda" and not torch.cuda.is_available():
        raise InputError("story.transformers.device", "there is no GPU here", "Set it to cpu")
    precision = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}[params.precision]

    def refusal(said: str) -> InputError:
        if local:
            return InputError(name, f"this is no whole language model ({said})", "Fetch the folder again")
        remedy = f"Fetch it where there is a network, and point `{SETTING}` in params.yaml at its folder"
        return MissingError(name, f"no folder here, and no model that can be fetched ({said})", remedy)

    with refused_as(refusal):
        tokenizer = AutoTokenizer.from_pretrained(name, local_files_only=local)
        model, loaded = AutoModelForCausalLM.from_pretrained(
            name, local_files_only=local, use_safetensors=True, dtype=precision, output_loading_info=True
        )
    check_whole(loaded["missing_keys"], name, "Fetch it again, or use another: one for other ends does not write")
    return model.to(params.device).eval(), tokenizer
