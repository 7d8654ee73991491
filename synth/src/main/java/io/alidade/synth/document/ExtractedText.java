package io.alidade.synth.document;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.apache.tika.detect.EncodingDetector;
import org.apache.tika.exception.EncryptedDocumentException;
import org.apache.tika.exception.TikaException;
import org.apache.tika.io.TikaInputStream;
import org.apache.tika.metadata.Metadata;
import org.apache.tika.parser.ParseContext;
import org.apache.tika.parser.Parser;
import org.apache.tika.parser.html.HtmlEncodingDetector;
import org.apache.tika.parser.html.HtmlMapper;
import org.apache.tika.parser.html.IdentityHtmlMapper;
import org.apache.tika.parser.html.JSoupParser;
import org.apache.tika.parser.pdf.PDFParser;
import org.apache.tika.parser.pdf.PDFParserConfig;
import org.xml.sax.SAXException;

/// The text of a file in a format that Apache Tika reads.
final class ExtractedText {
  private static final int REASON_CHARACTERS = 200;

  private ExtractedText() {}

  static String ofHtml(Path file) throws IOException {
    var context = new ParseContext();
    // Else the elements that BlockText leaves out would come as mere text.
    context.set(HtmlMapper.class, IdentityHtmlMapper.INSTANCE);
    Charset unsaid = unsaidCharset(Files.readAllBytes(file));
    EncodingDetector said = new HtmlEncodingDetector();
    EncodingDetector detector =
        (in, metadata) -> Objects.requireNonNullElse(said.detect(in, metadata), unsaid);
    return of(file, new JSoupParser(detector), context);
  }

  /// What a page is written in that does not say it: UTF-8 if that can be, else what browsers take.
  private static Charset unsaidCharset(byte[] page) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(page));
      return StandardCharsets.UTF_8;
    } catch (CharacterCodingException e) {
      return Charset.forName("windows-1252");
    }
  }

  /// The text layer of a PDF; pictures of text are not read.
  static String ofPdf(Path file) throws IOException {
    var config = new PDFParserConfig();
    config.setOcrStrategy(PDFParserConfig.OCR_STRATEGY.NO_OCR);
    var context = new ParseContext();
    context.set(PDFParserConfig.class, config);
    return of(file, new PDFParser(), context);
  }

  /// @throws IOException with a reason for people, whatever is wrong with the file
  private static String of(Path file, Parser parser, ParseContext context) throws IOException {
    var text = new BlockText();
    try (InputStream in = TikaInputStream.get(file)) {
      parser.parse(in, text, new Metadata(), context);
    } catch (EncryptedDocumentException e) {
      throw new IOException("it is encrypted", e);
    } catch (TikaException | SAXException | IOException | RuntimeException e) {
      throw new IOException(reason(e), e);
    }
    return text.text();
  }

  /// Tika says that something failed, and its cause what.
  private static String reason(Exception problem) {
    Throwable cause = problem;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = String.valueOf(cause.getMessage()).replaceAll("\\s+", " ");
    return message.length() <= REASON_CHARACTERS
        ? message
        : message.substring(0, REASON_CHARACTERS) + "…";
  }
}
