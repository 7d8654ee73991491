package io.alidade.core.recipe;

import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// A recipe that is bound and resolved.
///
/// @param settings the bound record, defaults filled in
/// @param folder where the recipe's file stands; relative paths in it start there
/// @param <T> the record that the recipe is bound to
public record Recipe<T extends Record>(T settings, Path folder) {

  /// Reads a recipe's file, puts the overrides in and binds it.
  ///
  /// @param overrides assignments as `--set` takes them, such as `tuning.rank=8`
  /// @throws io.alidade.core.UsageException for a file, key or value that is not allowed
  public static <T extends Record> Recipe<T> read(
      Class<T> type, Path file, List<String> overrides) {
    ObjectNode tree = RecipeTree.read(file);
    RecipeOverrides.apply(tree, overrides);
    T settings = new RecipeBinder(file.toString()).bind(type, tree);
    return new Recipe<>(settings, folderOf(file));
  }

  /// A path of the recipe as one that this process can open.
  public Path resolve(Path path) {
    return folder.resolve(path).normalize();
  }

  /// The resolved recipe with every key, as manifests keep it and as a second run is compared.
  public ObjectNode tree() {
    return RecipeTree.of(settings);
  }

  private static Path folderOf(Path file) {
    Path parent = file.getParent();
    return parent == null ? Path.of("") : parent;
  }
}
