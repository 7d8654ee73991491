package io.alidade.model;

public record DecoderConfig(
    int layers,
    int hidden,
    int heads,
    int keyHeads,
    int headDim,
    int intermediate,
    int vocabulary,
    int maxPositions,
    double ropeTheta,
    double rmsNormEpsilon,
    boolean tiedEmbeddings) {}
