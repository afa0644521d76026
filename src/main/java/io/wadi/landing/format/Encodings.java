package io.wadi.landing.format;

import io.wadi.runtime.config.SettingsException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.file.CodecFactory;
import org.apache.camel.util.function.ThrowingFunction;

/** The encodings of all topics with the same options. Schemas are read once. Thread-safe. */
public final class Encodings {
    private static final int MAX_DEFLATE_LEVEL = 9;
    private static final int MAX_ZSTD_LEVEL = 19;

    private final FormatOptions options;
    private final Map<String, Encoding> byTopic = new ConcurrentHashMap<>();

    /**
     * Creates encodings and reads the schemas of known topics.
     *
     * @throws SettingsException with all errors in the options and in these topics' schemas
     */
    public Encodings(FormatOptions options, List<String> topics) {
        this.options = options;
        List<String> errors = new ArrayList<>();
        int maxLevel = usesDeflate() ? MAX_DEFLATE_LEVEL : MAX_ZSTD_LEVEL;
        if (options.compressionLevel() < 1 || options.compressionLevel() > maxLevel) {
            errors.add("landing: invalid value '%d' for compressionLevel: expected 1 to %d with %s"
                    .formatted(options.compressionLevel(), maxLevel, compression()));
        }
        for (String topic : topics) {
            try {
                of(topic);
            } catch (IllegalArgumentException e) {
                e.getMessage().lines().forEach(errors::add);
            }
        }
        if (!errors.isEmpty()) {
            throw new SettingsException(errors);
        }
    }

    private String compression() {
        String format = options.format().extension();
        return options.format() == Format.AVRO
                ? format + " and codec " + options.avroCodec().name().toLowerCase(Locale.ROOT)
                : format;
    }

    private boolean usesDeflate() {
        return switch (options.format()) {
            case JSONL_GZ -> true;
            case AVRO -> options.avroCodec() == FormatOptions.AvroCodec.DEFLATE;
            default -> false;
        };
    }

    /**
     * Returns the encoding of a topic.
     *
     * @throws IllegalArgumentException if the format needs a schema and the topic has no valid one
     */
    public Encoding of(String topic) {
        Format format = options.format();
        return byTopic.computeIfAbsent(
                topic, name -> new Encoding(format, format.hasSchema() ? rowOpener(rows(name)) : this::openLines));
    }

    private Rows rows(String topic) {
        TopicSchema schema = TopicSchema.read(topic, options.schema(), options.ignoreUnknownFields());
        return options.envelope()
                ? Rows.inEnvelope(schema.avro(), schema.reader())
                : Rows.ofValues(schema.avro(), schema.reader());
    }

    private Encoder openLines(OutputStream file) throws IOException {
        Lines lines = options.envelope() ? new Envelope() : Lines::value;
        return switch (options.format()) {
            case JSONL_GZ -> LineEncoder.gzip(lines, file, options.compressionLevel());
            case JSONL_ZST -> LineEncoder.zstd(lines, file, options.compressionLevel());
            default -> LineEncoder.plain(lines, file);
        };
    }

    private ThrowingFunction<OutputStream, Encoder, IOException> rowOpener(Rows rows) {
        return options.format() == Format.AVRO
                ? file -> new AvroEncoder(rows, file, codec())
                : file -> new ParquetEncoder(rows, file, options.compressionLevel(), options.rowGroupBytes());
    }

    private CodecFactory codec() {
        return switch (options.avroCodec()) {
            case NULL -> CodecFactory.nullCodec();
            case DEFLATE -> CodecFactory.deflateCodec(options.compressionLevel());
            case ZSTANDARD -> CodecFactory.zstandardCodec(options.compressionLevel(), true);
        };
    }
}
