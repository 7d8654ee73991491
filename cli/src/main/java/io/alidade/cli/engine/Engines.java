package io.alidade.cli.engine;

/// What the commands run on.
public record Engines(
    ModelLoader models, TrainingEngine training, QuickstartEngine quickstart, LlmEngine llms) {}
