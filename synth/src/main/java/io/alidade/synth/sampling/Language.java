package io.alidade.synth.sampling;

import java.lang.Character.UnicodeScript;
import java.util.Set;

/// A language to write in.
///
/// @param code ISO 639-1
/// @param name in English, as prompts say it
/// @param scripts it is written in; empty where that is not known
public record Language(String code, String name, Set<UnicodeScript> scripts) {

  public Language {
    scripts = Set.copyOf(scripts);
  }
}
