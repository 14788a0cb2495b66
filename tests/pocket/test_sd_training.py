"""The trainings of the pocket Stable Diffusion, on a bank of a few pictures with the smallest of networks."""

from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionPipeline
from safetensors.torch import load_file

from dramatis.core.errors import InputError, MissingError
from dramatis.core.params import load_params
from dramatis.pocket.bank import read_bank, write_bank
from dramatis.pocket.loop import Training, rate
from dramatis.pocket.params import BankParams, UnetParams, VaeParams
from dramatis.pocket.pictures import KNOWN_NAMES
from dramatis.pocket.text_to_image import new_scheduler, noised, step_weight, train_unet, write_latents
from dramatis.pocket.vae import crops, new_vae, psnr, reconstruction_loss, train_vae

PARAMS = Path(__file__).parents[2] / "models/pocket/params.yaml"
BANK = BankParams(seed=5, pictures=64, known_pictures=len(KNOWN_NAMES))
SHORT = {"steps": 4, "batch": 2, "warm_up": 1, "checkpoint_every": 2}
VAE = load_params("vae", VaeParams, PARAMS).model_copy(update=SHORT | {"widths": (8, 8, 16)})
UNET = load_params("unet", UnetParams, PARAMS).model_copy(
    update=SHORT | {"widths": (8, 16, 16), "text_width": 32, "text_layers": 1, "head_width": 8, "export_every": 1}
)


class Killed(Exception):
    """Stands for the end of a process."""


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A folder with bank, latents, and a pipeline after four steps of each training."""
    top = tmp_path_factory.mktemp("pocket")
    write_bank(BANK, top / "bank")
    train_vae(VAE, top / "bank", top / "vae", top / "sd" / "vae")
    write_latents(top / "bank", top / "sd" / "vae", 1, top / "latents")
    train_unet(UNET, top / "latents", top / "unet", top / "sd")
    return top


def test_rate_rises_then_falls():
    params = VAE.model_copy(update={"steps": 102, "warm_up": 2, "lr": 0.01})
    assert [rate(step, params) for step in (0, 1, 2)] == pytest.approx([0.005, 0.01, 0.01])
    assert rate(52, params) == pytest.approx(0.01 * (0.01 + 0.99 / 2))
    assert rate(102, params) == pytest.approx(0.0001)


def test_psnr_by_hand():
    black, grey = np.zeros((1, 4, 4, 3), np.uint8), np.full((1, 4, 4, 3), 51, np.uint8)  # 51 is a fifth of 255
    assert psnr(grey, black) == pytest.approx(20 * np.log10(5))


def test_reconstruction_loss_counts_edges_and_weights():
    wanted, made = torch.zeros(1, 3, 2, 2), torch.zeros(1, 3, 2, 2)
    made[..., 0, 0] = 1  # one of four pixels is off by 1, and with it one of two differences each way
    weight = torch.ones(1, 1, 2, 2)
    assert reconstruction_loss(made, wanted, weight, edge=0, square=0).item() == pytest.approx(1 / 4)
    with_all = reconstruction_loss(made, wanted, weight, edge=1, square=1).item()
    assert with_all == pytest.approx(1 / 4 + 1 / 4 + 1 / 2 + 1 / 2)
    weight[..., 0, 0] = 3
    assert reconstruction_loss(made, wanted, weight, edge=0, square=0).item() == pytest.approx(3 / 4)


def test_velocity_gives_back_latent_and_noise():
    latents, noise = torch.randn(2, 4, 4, 4), torch.randn(2, 4, 4, 4)
    signal = torch.tensor([0.9, 0.2])
    noisy, velocity = noised(latents, noise, signal)
    alpha, sigma = signal.sqrt()[:, None, None, None], (1 - signal).sqrt()[:, None, None, None]
    torch.testing.assert_close(alpha * noisy - sigma * velocity, latents)
    torch.testing.assert_close(sigma * noisy + alpha * velocity, noise)


def test_clear_steps_weigh_less_and_noisy_ones_are_kept():
    weight = step_weight(torch.tensor([0.0, 0.5, 0.8, 0.99]), min_snr=5.0)
    torch.testing.assert_close(weight, torch.tensor([1.0, 1.0, 1.0, 0.05]))


def test_the_schedule_ends_in_noise():
    signal = new_scheduler().alphas_cumprod
    assert signal[0] > 0.999
    assert signal[-1] < 1e-6


def test_bank_is_the_same_again_and_knows_faces(trained, tmp_path):
    write_bank(BANK, tmp_path / "again")
    first, second = read_bank(trained / "bank"), read_bank(tmp_path / "again")
    assert np.array_equal(first.images, second.images)
    assert first.tags == second.tags
    assert [tags[0] for tags in first.tags[BANK.pictures :]] == [*KNOWN_NAMES]
    assert {*KNOWN_NAMES}.isdisjoint(tag for tags in first.tags[: BANK.pictures] for tag in tags)
    assert first.faces.any(1).mean() > 0.8
    assert first.faces.min() >= 0
    assert first.faces.max() <= 64


def test_crops_see_as_many_pixels_as_whole_pictures(trained):
    bank = read_bank(trained / "bank")
    small, weight = crops(bank, VAE, 0)
    whole, _ = crops(bank, VAE, VAE.steps - 1)
    assert small.shape == (8, 3, 32, 32)
    assert whole.shape == (2, 3, 64, 64)
    assert small.abs().max() <= 1
    assert set(weight.unique().tolist()) == {1.0, VAE.face_weight}


def test_a_killed_training_goes_on_to_the_same_bits(trained, tmp_path, monkeypatch):
    update = Training.update

    def killed(self, loss):
        if self.step == 3:
            raise Killed
        return update(self, loss)

    monkeypatch.setattr(Training, "update", killed)
    out = tmp_path / "sd"
    with pytest.raises(Killed):
        train_unet(UNET, trained / "latents", tmp_path / "state", out)
    monkeypatch.undo()
    train_unet(UNET, trained / "latents", tmp_path / "state", out)
    for file in ("unet/diffusion_pytorch_model.safetensors", "text_encoder/model.safetensors", "tokenizer/merges.txt"):
        assert (out / file).read_bytes() == (trained / "sd" / file).read_bytes(), file


def test_a_state_of_another_model_is_refused(trained, tmp_path):
    with pytest.raises(InputError, match="another model"):
        train_vae(VAE.model_copy(update={"widths": (8, 16, 16)}), trained / "bank", trained / "vae", tmp_path / "vae")


def test_missing_pictures_are_named(tmp_path):
    with pytest.raises(MissingError, match="bank.py"):
        train_vae(VAE, tmp_path / "bank", tmp_path, tmp_path)
    with pytest.raises(MissingError, match="latents.py"):
        train_unet(UNET, tmp_path / "latents", tmp_path, tmp_path)


def test_an_autoencoder_learns_one_picture():
    torch.set_num_threads(1)
    params = VAE.model_copy(update={"steps": 60, "lr": 0.01})
    vae, image = new_vae(params), torch.zeros(1, 3, 32, 32)
    image[..., 16:] = 0.8
    training, losses = Training(vae, params), []
    for _ in range(60):
        made = vae.decode(vae.encode(image).latent_dist.mode()).sample
        losses.append(training.update(reconstruction_loss(made, image, torch.ones(1, 1, 32, 32), 0, 0)))
    assert losses[-1] < 0.2 * losses[0]


def test_the_folder_is_a_stable_diffusion(trained):
    pipeline = StableDiffusionPipeline.from_pretrained(trained / "sd", dtype=torch.float32)
    pipeline.set_progress_bar_config(disable=True)
    assert pipeline.safety_checker is None
    assert pipeline.unet.dtype == pipeline.text_encoder.dtype == pipeline.vae.dtype == torch.float32
    assert pipeline.scheduler.config.prediction_type == "v_prediction"
    noise = torch.Generator().manual_seed(1)
    images = pipeline("zorblax, 1person", num_inference_steps=2, generator=noise, output_type="np").images
    assert images.shape == (1, 64, 64, 3)


def test_tensors_of_the_text_encoder_keep_the_old_names(trained):
    names = load_file(trained / "sd/text_encoder/model.safetensors")
    assert all(name.startswith("text_model.") for name in names)
    assert {"text_model.embeddings.token_embedding.weight", "text_model.final_layer_norm.weight"} <= set(names)
    pipeline = StableDiffusionPipeline.from_pretrained(trained / "sd", dtype=torch.float32)
    loaded = {name.removeprefix("text_model."): weight for name, weight in pipeline.text_encoder.state_dict().items()}
    for name, weight in names.items():
        assert torch.equal(loaded[name.removeprefix("text_model.")], weight), name


def test_the_unet_is_half_precision_on_disk(trained):
    weights = load_file(trained / "sd/unet/diffusion_pytorch_model.safetensors")
    assert {weight.dtype for weight in weights.values()} == {torch.float16}
