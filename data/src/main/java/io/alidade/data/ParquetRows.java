package io.alidade.data;

import com.google.errorprone.annotations.MustBeClosed;
import io.alidade.core.DataException;
import io.alidade.core.ParserMessage;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.NoSuchElementException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Walks a Parquet file row by row, each as an object with the file's columns in their order. A
/// column `provenance` of text is taken as JSON.
final class ParquetRows implements Rows {
  static final String PROVENANCE = "provenance";
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  private final Path file;
  private final Connection database;
  private final ResultSet rows;
  private long number;
  private boolean ahead;
  private boolean ended;

  private ParquetRows(Path file, Connection database, ResultSet rows) {
    this.file = file;
    this.database = database;
    this.rows = rows;
  }

  @MustBeClosed
  @SuppressWarnings("MustBeClosed") // the rows returned own the database and close it
  static ParquetRows open(Path file) {
    Rows.requireFile(file);
    FileKind.requireParquet(file);
    try {
      Connection database = DuckDb.open();
      try {
        return new ParquetRows(file, database, select(file, database));
      } catch (SQLException e) {
        database.close();
        throw e;
      }
    } catch (SQLException e) {
      throw new DataException(file, "cannot be read as Parquet: " + DuckDb.message(e), e);
    }
  }

  /// Closed with its connection.
  @SuppressWarnings("MustBeClosed")
  private static ResultSet select(Path file, Connection database) throws SQLException {
    return database
        .createStatement()
        .executeQuery(
            "SELECT to_json(r)::VARCHAR FROM read_parquet(%s, hive_partitioning = false) r"
                .formatted(DuckDb.literal(file)));
  }

  @Override
  public boolean hasNext() {
    if (!ahead && !ended) {
      try {
        ahead = rows.next();
        ended = !ahead;
      } catch (SQLException e) {
        ended = true;
        throw new DataException(
            file, "cannot be read behind row %d: %s".formatted(number, DuckDb.message(e)), e);
      }
    }
    return ahead;
  }

  @Override
  public JsonLine next() {
    if (!hasNext()) {
      throw new NoSuchElementException(file + " has no further row");
    }
    ahead = false;
    number++;
    try {
      var row = new JsonLine(file, number, JSON.readValue(rows.getString(1), ObjectNode.class));
      readProvenance(row);
      return row;
    } catch (SQLException e) {
      throw new DataException(file, "row %d: %s".formatted(number, DuckDb.message(e)), e);
    }
  }

  private static void readProvenance(JsonLine row) {
    JsonNode text = row.object().path(PROVENANCE);
    if (text.isString()) {
      try {
        row.object().set(PROVENANCE, JSON.readTree(text.stringValue()));
      } catch (JacksonException e) {
        throw row.error("\"provenance\" must be JSON: " + ParserMessage.of(e));
      }
    }
  }

  @Override
  public void close() {
    try {
      database.close();
    } catch (SQLException e) {
      throw new DataException(file, "cannot be closed: " + DuckDb.message(e), e);
    }
  }
}
