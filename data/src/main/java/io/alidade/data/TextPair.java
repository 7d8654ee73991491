package io.alidade.data;

/// Two texts that a task compares.
public record TextPair(String first, String second) {}
