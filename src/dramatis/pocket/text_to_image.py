"""The pocket Stable Diffusion: text encoder and UNet, trained together on the latents of drawn pictures."""

import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from diffusers import AutoencoderKL, DDIMScheduler, UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor
from numpy.typing import NDArray
from torch import Tensor, nn
from tqdm import trange
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from dramatis.core import seeds
from dramatis.core.errors import MissingError
from dramatis.core.tables import whole_folder
from dramatis.pocket.bank import SIZE_PX, read_bank
from dramatis.pocket.export import write_index, write_scheduler, write_text_encoder, write_unet
from dramatis.pocket.loop import Training, train
from dramatis.pocket.params import UnetParams
from dramatis.pocket.pictures import GROUPS, NAMES, caption
from dramatis.pocket.tokenizer import caption_words, write_tokenizer
from dramatis.pocket.vae import encode

LATENT_PX = SIZE_PX // 4


class Examples(NamedTuple):
    """What the UNet learns from.

    Attributes:
        latents: scaled means, shape (N, C, 16, 16), float16.
        faces: box of the face in each latent, shape (N, 4), in latent pixels; all zero where none is seen.
        tags: the tags of each picture.
    """

    latents: NDArray[np.float16]
    faces: NDArray[np.int16]
    tags: list[tuple[str, ...]]


def write_latents(bank_folder: Path, vae_folder: Path, threads: int, out: Path) -> None:
    """Encodes the bank: `latents.npy` (scaled means, float16), `faces.npy` (latent pixels) and `tags.json`."""
    torch.set_num_threads(threads)
    bank = read_bank(bank_folder)
    vae = AutoencoderKL.from_pretrained(vae_folder).eval()
    with whole_folder(out) as folder:
        shape = (len(bank.images), vae.config.latent_channels, LATENT_PX, LATENT_PX)
        latents = np.lib.format.open_memmap(folder / "latents.npy", "w+", np.float16, shape)
        for first in trange(0, len(latents), 32, desc="encode", unit="batch"):
            means = encode(vae, bank.images[first : first + 32])
            latents[first : first + 32] = (means * vae.config.scaling_factor).half()
        latents.flush()
        corners = np.concatenate([bank.faces[:, :2] // 4, -(-bank.faces[:, 2:] // 4)], 1)  # rounded outwards
        np.save(folder / "faces.npy", corners.astype(np.int16))
        (folder / "tags.json").write_text(json.dumps(bank.tags))


def read_examples(folder: Path) -> Examples:
    """The encoded bank in a folder, in memory."""
    if not (folder / "tags.json").is_file():
        raise MissingError(str(folder), "the encoded pictures are missing", "Run models/pocket/stages/latents.py first")
    tags = [tuple(item) for item in json.loads((folder / "tags.json").read_text())]
    return Examples(np.load(folder / "latents.npy"), np.load(folder / "faces.npy"), tags)


def new_text_encoder(params: UnetParams, tokenizer: CLIPTokenizer) -> CLIPTextModel:
    """An untrained text encoder for a tokenizer."""
    torch.manual_seed(seeds.derive(params.seed, "pocket", "text", "weights"))
    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(tokenizer),
            hidden_size=params.text_width,
            intermediate_size=4 * params.text_width,
            projection_dim=params.text_width,
            num_hidden_layers=params.text_layers,
            num_attention_heads=params.text_width // 32,
            max_position_embeddings=params.tokens,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
    )


def new_unet(params: UnetParams, channels: int) -> UNet2DConditionModel:
    """An untrained UNet for latents of so many channels."""
    kinds = [("CrossAttn" if attends else "") for attends in params.attention]
    torch.manual_seed(seeds.derive(params.seed, "pocket", "unet", "weights"))
    return UNet2DConditionModel(
        sample_size=LATENT_PX,
        in_channels=channels,
        out_channels=channels,
        block_out_channels=params.widths,
        down_block_types=tuple(f"{kind}DownBlock2D" for kind in kinds),
        up_block_types=tuple(f"{kind}UpBlock2D" for kind in reversed(kinds)),
        layers_per_block=params.layers,
        norm_num_groups=8,
        cross_attention_dim=params.text_width,
        addition_embed_type="text",  # the pooled text beside the timestep: read in every block, so learned much sooner
        addition_embed_type_num_heads=params.text_width // 32,
        attention_head_dim=tuple(max(width // params.head_width, 1) for width in params.widths),  # the number of heads
    )


def new_scheduler() -> DDIMScheduler:
    """The noise schedule: squared cosine (arXiv 2102.09672), v-prediction (arXiv 2202.00512), from pure noise."""
    return DDIMScheduler(
        num_train_timesteps=1000,
        beta_schedule="squaredcos_cap_v2",
        prediction_type="v_prediction",
        clip_sample=False,
        steps_offset=1,  # unused by trailing steps; pipelines warn of 0
        timestep_spacing="trailing",
    )


def noised(latents: Tensor, noise: Tensor, signal: Tensor) -> tuple[Tensor, Tensor]:
    """Latents with noise, and the velocity to predict from them; `signal` is the schedule's alpha² of each."""
    alpha, sigma = signal.sqrt()[:, None, None, None], (1 - signal).sqrt()[:, None, None, None]
    return alpha * latents + sigma * noise, alpha * noise - sigma * latents


def step_weight(signal: Tensor, min_snr: float) -> Tensor:
    """Weight of the velocity's error by signal-to-noise ratio: min(snr + 1, limit) / (snr + 1) (arXiv 2303.09556)."""
    return torch.clamp(min_snr * (1 - signal), max=1)  # 1 / (snr + 1) = 1 - alpha²


class TextToImage(nn.Module):
    """Text encoder and UNet as one module, so that one optimizer holds both."""

    def __init__(self, text_encoder: CLIPTextModel, unet: UNet2DConditionModel):
        super().__init__()
        self.text_encoder, self.unet = text_encoder, unet

    def forward(self, noisy: Tensor, timestep: Tensor, ids: Tensor) -> Tensor:
        """Predicted velocity for noisy latents (B, C, 16, 16), timesteps (B,) and token ids (B, T)."""
        return self.unet(noisy, timestep, self.text_encoder(ids).last_hidden_state, return_dict=False)[0]


class Batches:
    """The batch of each step, made from the seed and the step alone."""

    def __init__(self, examples: Examples, tokenizer: CLIPTokenizer, params: UnetParams):
        self.examples, self.tokenizer, self.params = examples, tokenizer, params
        self.signal = new_scheduler().alphas_cumprod

    def prompts(self, chosen: NDArray[np.int64], rng: np.random.Generator) -> list[str]:
        """Captions drawn anew each time, some of them empty."""
        tags, dropout = self.examples.tags, self.params.caption_dropout
        return ["" if rng.random() < dropout else caption(tags[index], rng) for index in chosen]

    def ids(self, prompts: list[str]) -> Tensor:
        """Token ids (B, T), padded as a pipeline pads them."""
        return self.tokenizer(prompts, padding="max_length", truncation=True, return_tensors="pt").input_ids

    def __getitem__(self, step: int) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """Noisy latents, timesteps, token ids, velocities, and weights (B, 1, 16, 16) of a step."""
        rng = seeds.rng(self.params.seed, "pocket", "unet", step)
        count, total = self.params.batch, len(self.signal)
        chosen = rng.integers(len(self.examples.latents), size=count)
        spread = (np.arange(count) + rng.random(count)) / count  # one timestep in each of so many equal parts
        timestep = torch.from_numpy((spread * total).astype(np.int64))
        latents = torch.from_numpy(self.examples.latents[chosen]).float()
        noise = torch.from_numpy(rng.standard_normal(latents.shape, np.float32))
        noisy, velocity = noised(latents, noise, self.signal[timestep])
        weight = torch.ones(count, 1, *latents.shape[2:])
        for slot, (x0, y0, x1, y1) in enumerate(self.examples.faces[chosen]):
            weight[slot, :, y0:y1, x0:x1] = self.params.face_weight
        weight *= step_weight(self.signal[timestep], self.params.min_snr)[:, None, None, None]
        return noisy, timestep, self.ids(self.prompts(chosen, rng)), velocity, weight


def train_unet(params: UnetParams, latents: Path, state: Path, out: Path) -> None:
    """Trains text encoder and UNet; writes them with tokenizer, scheduler and index beside the autoencoder in `out`."""
    torch.set_num_threads(params.threads)
    examples = read_examples(latents)
    tokenizer = write_tokenizer(caption_words(GROUPS, NAMES), params.tokens, out / "tokenizer")
    model = TextToImage(new_text_encoder(params, tokenizer), new_unet(params, examples.latents.shape[1])).train()
    batches = Batches(examples, tokenizer, params)

    half = params.precision == "bf16"
    if half:  # the backward pass of torch's fused attention is slow in bfloat16 on CPUs: a third of a step
        model.unet.set_attn_processor(AttnProcessor())
        model.text_encoder.set_attn_implementation("eager")

    def loss(step: int) -> Tensor:
        noisy, timestep, ids, velocity, weight = batches[step]
        with torch.autocast("cpu", torch.bfloat16, enabled=half):
            predicted = model(noisy, timestep, ids)
        return (weight * (predicted.float() - velocity).square()).mean()

    def export() -> None:
        write_text_encoder(model.text_encoder, out / "text_encoder")
        write_unet(model.unet, out / "unet")
        write_scheduler(new_scheduler(), out / "scheduler")
        write_index(out)

    train(Training(model, params), loss, state, export, params.export_every)
