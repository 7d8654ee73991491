package io.alidade.data;

/// A text with the name it is found again under.
public record IdentifiedText(String id, String text) {}
