/**
 * Networks that smxc does not import, by names of their tensors, so that a person learns what the checkpoint is. Names are
 * those of the public code; `*` stands for a whole number. The more specific come first.
 */
import type { Signature } from "./signature.js";

export interface Foreign {
  /** As people call it. */
  readonly name: string;
  readonly signatures: readonly Signature[];
}

const row = (name: string, ...signatures: readonly (Signature["all"] | Signature)[]): Foreign => ({
  name,
  signatures: signatures.map((each) => ("all" in each ? each : { all: each })),
});

const CLASSIFIER = "a classifier";
const DIFFUSION = "a diffusion network";

export const FOREIGN: readonly Foreign[] = [
  // Transformers for pictures.
  row("HAT", ["layers.*.residual_group.overlap_attn.relative_position_bias_table", "conv_first.weight"]),
  row("SRFormer", [
    "layers.*.residual_group.blocks.*.attn.kv.weight",
    "layers.*.residual_group.blocks.*.attn.q.weight",
  ]),
  row("Swin2SR", ["layers.*.residual_group.blocks.*.attn.logit_scale", "conv_first.weight"]),
  row(
    "SwinIR",
    ["layers.*.residual_group.blocks.*.attn.relative_position_bias_table", "conv_first.weight"],
    ["layers.*.residual_group.blocks.*.attn.relative_position_bias_table", "conv_first.1.weight"],
  ),
  row("ATD", ["layers.*.residual_group.layers.*.attn_atd.wq.weight"]),
  row("CRAFT", ["layers.*.residual_group.hf_blocks.*.attn.temperature"]),
  row("DRCT", ["layers.*.swin1.attn.relative_position_bias_table", "layers.*.adjust1.weight"]),
  row("RGT", ["layers.*.blocks.*.gamma", "before_RG.1.weight"]),
  row("DAT", ["layers.*.blocks.*.attn.channel_interaction.1.weight", "before_RG.1.weight"]),
  row("GRL", ["layers.*.blocks.*.attn.stripe_attn.attn_transform1.logit_scale"]),
  row("Restormer", ["encoder_level1.*.attn.temperature", "patch_embed.proj.weight", "refinement.*.attn.temperature"]),
  row("Uformer", ["encoderlayer_0.blocks.*.norm1.weight", "input_proj.proj.0.weight", "output_proj.proj.0.weight"]),
  row("OmniSR", ["residual_layer.*.residual_layer.*.layer.*.fn.0.weight"]),
  row("IPT", ["body.encoder.layers.*.self_attn.in_proj_weight", "body.query_embed.weight"]),
  row("DITN", ["UFONE.*.ITLs.*.attn.temperature"]),
  row("SCUNet", ["m_down1.*.trans_block.ln1.weight", "m_head.0.weight"]),
  // Convolutional networks for pictures.
  row("KBNet", ["encoders.*.*.attgamma", "intro.weight"]),
  row("NAFNet", ["middle_blks.*.beta", "intro.weight", "ending.weight"]),
  row("PLKSR", ["feats.*.lk.conv.weight"], ["feats.*.lk.convs.0.weight"], ["feats.*.lk.mn_conv.weight"]),
  row("SAFMN", ["feats.*.safm.aggr.weight", "to_feat.weight"]),
  row("MoSR", ["gblocks.*.fc1.weight", "gblocks.0.weight"]),
  row("FBCNN", ["m_body_encoder.*.res.0.weight", "m_head.weight"]),
  row("DRUNet", ["m_down1.*.res.0.weight", "m_head.weight", "m_tail.weight"]),
  row("MPRNet", ["stage1_encoder.encoder_level1.*.CA.conv_du.0.weight"]),
  row("MIRNet-v2", ["body.*.body.*.dau_top.gcnet.conv_mask.weight"]),
  row("MM-RealSR", ["am_list.0.fc.0.weight", "body.*.rdb1.conv1.weight"]),
  row("Real-CUGAN, or waifu2x's CUNet", ["unet1.conv1.conv.0.weight", "unet1.conv_bottom.weight"]),
  row("SPANPlus", ["feats.*.c1_r.sk.weight"], ["feats.*.block_1.c1_r.sk.weight"]),
  row("SwiftSRGAN", ["initial.cnn.depthwise.weight"]),
  row("SRResNet", ["recon_trunk.*.conv1.weight", "conv_first.weight"], {
    all: ["body.*.conv1.weight", "conv_first.weight", "upconv1.weight"],
    none: ["body.*.rdb1.conv1.weight"],
  }),
  row("FSRCNN", ["first_part.0.weight", "last_part.weight"]),
  row(
    "RealBasicVSR or BasicVSR",
    ["spynet.basic_module.*.basic_module.*.weight"],
    ["spynet.basic_module.*.basic_module.*.conv.weight"],
  ),
  row("a U-Net", ["inc.double_conv.0.weight", "outc.conv.weight"]),
  // Faces, colours, holes.
  row("GFPGAN", ["stylegan_decoder.style_mlp.1.weight", "toRGB.*.weight"], ["stylegan_decoder.style_mlp.1.weight"]),
  row("CodeFormer", ["ft_layers.*.self_attn.in_proj_weight", "quantize.embedding.weight"]),
  row("RestoreFormer, or another VQGAN", [
    "encoder.down.*.block.*.conv1.weight",
    "quantize.embedding.weight",
    "quant_conv.weight",
  ]),
  row("FeMaSR", ["quantize_group.*.embedding.weight", "multiscale_encoder.in_conv.weight"]),
  row("DDColor", ["encoder.arch.downsample_layers.*.0.weight", "encoder.arch.stages.*.*.dwconv.weight"]),
  row("LaMa", ["model.1.bn_l.running_mean"]),
  row("StyleGAN2", ["to_rgb1.conv.modulation.weight", "conv1.conv.modulation.weight"]),
  // What is no restoration of pictures.
  row(
    `a U-Net of Stable Diffusion, ${DIFFUSION}`,
    ["input_blocks.0.0.weight", "time_embed.0.weight", "out.2.weight"],
    ["down_blocks.0.resnets.0.conv1.weight", "time_embedding.linear_1.weight"],
  ),
  row(
    "an autoencoder of Stable Diffusion",
    ["encoder.down_blocks.*.resnets.*.conv1.weight", "quant_conv.weight"],
    ["encoder.down.*.block.*.conv1.weight", "quant_conv.weight"],
  ),
  row(`ResNet, ${CLASSIFIER}`, ["layer1.0.conv1.weight", "layer4.0.conv1.weight", "conv1.weight", "fc.weight"]),
  row(
    `EfficientNet, ${CLASSIFIER}`,
    ["blocks.*.*.conv_pwl.weight", "conv_stem.weight", "classifier.weight"],
    ["features.*.*.block.*.fc1.weight", "features.0.0.weight", "classifier.1.weight"],
  ),
  row(
    `ConvNeXt, ${CLASSIFIER}`,
    ["stages.*.blocks.*.conv_dw.weight"],
    ["features.*.*.layer_scale", "classifier.2.weight"],
  ),
  row(`MobileNet, ${CLASSIFIER}`, ["features.*.conv.0.0.weight", "classifier.1.weight"]),
  row(`DenseNet, ${CLASSIFIER}`, ["features.denseblock1.denselayer1.conv1.weight"]),
  row(
    `a Vision Transformer (ViT), ${CLASSIFIER}`,
    ["blocks.*.attn.qkv.weight", "cls_token", "patch_embed.proj.weight"],
    ["encoder.layers.encoder_layer_*.ln_1.weight", "class_token"],
    ["embeddings.cls_token", "encoder.layer.*.attention.attention.query.weight"],
  ),
  row(
    `Swin Transformer, ${CLASSIFIER}`,
    ["layers.*.blocks.*.attn.relative_position_bias_table", "patch_embed.proj.weight"],
    ["features.*.*.attn.relative_position_bias_table", "head.weight"],
  ),
  row(
    `VGG or AlexNet, ${CLASSIFIER}`,
    ["features.0.weight", "features.3.weight", "classifier.6.weight"],
    ["features.0.weight", "features.28.weight"],
  ),
  row(
    "CLIP",
    ["visual.transformer.resblocks.*.attn.in_proj_weight"],
    ["text_model.encoder.layers.*.self_attn.q_proj.weight"],
  ),
  row("a language model", ["layers.*.self_attn.q_proj.weight", "embed_tokens.weight"], ["h.*.attn.c_attn.weight"]),
  row("YOLO, a detector", ["model.*.cv1.conv.weight"]),
];
