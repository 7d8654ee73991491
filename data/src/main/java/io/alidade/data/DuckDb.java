package io.alidade.data;

import com.google.errorprone.annotations.MustBeClosed;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/// DuckDB as what reads and writes Parquet: a database in memory that is empty, streams, and
/// fetches no extensions.
final class DuckDb {
  private DuckDb() {}

  @MustBeClosed
  static Connection open() throws SQLException {
    var settings = new Properties();
    settings.setProperty("jdbc_stream_results", "true");
    settings.setProperty("autoinstall_known_extensions", "false");
    settings.setProperty("autoload_known_extensions", "false");
    settings.setProperty("temp_directory", System.getProperty("java.io.tmpdir"));
    settings.setProperty("memory_limit", "1GB");
    // One thread writes the same bytes each time, and leaves the other cores to training.
    settings.setProperty("threads", "1");
    return DriverManager.getConnection("jdbc:duckdb:", settings);
  }

  /// The path as a literal of SQL in which no character stands for others.
  static String literal(Path file) {
    return quoted(file.toAbsolutePath().toString().replaceAll("[\\[*?]", "[$0]"));
  }

  /// A text as a literal of SQL.
  static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  /// What went wrong, in one line without the statement.
  static String message(SQLException problem) {
    String line = String.valueOf(problem.getMessage()).lines().findFirst().orElse("");
    int kind = line.indexOf("Error: ");
    return kind < 0 ? line : line.substring(kind + "Error: ".length());
  }
}
