package io.alidade.model.backbone;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A model of the hub as people write it: `ORG/NAME`, or `ORG/NAME@REVISION`.
///
/// @param name `ORG/NAME`
/// @param revision a branch, a tag, a commit or `refs/pr/1`; `main` where none is named
record HubName(String name, String revision) {
  private static final String PART = "[\\w-](?!.*\\.\\.)[\\w.-]*";
  private static final Pattern FORM =
      Pattern.compile("(%1$s/%1$s)(?:@(%1$s(?:/%1$s)*))?".formatted(PART));
  private static final String MAIN = "main";

  static Optional<HubName> parse(String text) {
    Matcher matcher = FORM.matcher(text);
    return matcher.matches()
        ? Optional.of(
            new HubName(matcher.group(1), Optional.ofNullable(matcher.group(2)).orElse(MAIN)))
        : Optional.empty();
  }

  HubName at(String commit) {
    return new HubName(name, commit);
  }

  @Override
  public String toString() {
    return revision.equals(MAIN) ? name : name + "@" + revision;
  }
}
