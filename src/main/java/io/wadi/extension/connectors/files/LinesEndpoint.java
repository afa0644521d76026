package io.wadi.extension.connectors.files;

import io.wadi.extension.connectors.convert.Format;
import io.wadi.extension.connectors.convert.Transforms;
import io.wadi.extension.connectors.source.SourceConsumer;
import io.wadi.extension.connectors.source.SourceContext;
import io.wadi.runtime.config.Units;
import java.nio.file.Path;
import java.time.Clock;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.DefaultEndpoint;

/**
 * Files of lines: which are read, or how records become lines of one. The body it is sent is a {@link io.wadi.kafka.RecordBatch}, the one it
 * sends a {@link io.wadi.extension.connectors.source.SourceBatch}.
 */
public final class LinesEndpoint extends DefaultEndpoint {
    private static final String AS_THEY_ARE = "raw";

    private final LinesComponent component;
    private String files = "";
    private String file = "";
    private String lines = AS_THEY_ARE;
    private String every = "1s";
    private int rows = 2000;
    private String longestLine = "1MiB";
    private String value = "json";
    private String schema = "";
    private String transforms = "";

    LinesEndpoint(String uri, LinesComponent component) {
        super(uri, component);
        this.component = component;
    }

    /** Those that are read: a directory and a pattern of names, such as {@code /var/log/shop/app.log*}. */
    public void setFiles(String files) {
        this.files = files;
    }

    /** The one that a partition is written to, with its name in it, such as <code>/data/{topic}+{partition}.jsonl</code>. */
    public void setFile(String file) {
        this.file = file;
    }

    /** What a line is: {@code raw}, the value as it is; {@code json}, an object; {@code string}, the field {@code value}. */
    public void setLines(String lines) {
        this.lines = lines;
    }

    /** The interval between reads without new lines, such as {@code 1s}. */
    public void setEvery(String every) {
        this.every = every;
    }

    /** The maximum number of lines of a read. */
    public void setRows(int rows) {
        this.rows = rows;
    }

    /** The longest line, such as {@code 1MiB}; of a longer one the beginning is a dead letter. */
    public void setLongestLine(String longestLine) {
        this.longestLine = longestLine;
    }

    /** The format of records' values: {@code json}, {@code json-schema}, {@code avro} or {@code string}. */
    public void setValue(String value) {
        this.value = value;
    }

    /** The schema's file, such as {@code schemas/orders.avsc}, where values are Avro; after commas those of older records. */
    public void setSchema(String schema) {
        this.schema = schema;
    }

    /** Changes to the fields, such as {@code rename cust=customer; drop secret}. */
    public void setTransforms(String transforms) {
        this.transforms = transforms;
    }

    /** Returns the format of lines; null if a line is the raw value. */
    private Format lineFormat() {
        return lines.equals(AS_THEY_ARE) ? null : Format.of(lines, schema);
    }

    @Override
    public Producer createProducer() {
        FileSinkOptions.check(file);
        Format line = lineFormat();
        Transforms changes = Transforms.of(transforms);
        if (line == null && !changes.isEmpty()) {
            throw new IllegalArgumentException(
                    "transforms need fields, which lines=raw has not; allowed with them: json and string");
        }
        return new LinesProducer(
                this,
                file,
                new FileSinkOptions.Lines(line, line == null ? null : Format.of(value, schema), changes),
                component.deadLetters());
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        Path path = Path.of(files);
        if (path.getParent() == null || path.getFileName() == null) {
            throw new IllegalArgumentException(
                    "files is \"%s\", allowed is a directory and a pattern of names, such as /var/log/shop/app.log*"
                            .formatted(files));
        }
        FileReader.Plan plan = new FileReader.Plan(
                path.getParent(),
                path.getFileName().toString(),
                lineFormat(),
                rows,
                Math.toIntExact(Units.bytes(longestLine)));
        SourceConsumer.Subject read =
                new SourceConsumer.Subject(files, component.machine(), SourceContext.duration("every", every));
        return new SourceConsumer(
                this, processor, component.sources(), read, () -> new FileReader(plan, Clock.systemUTC()));
    }
}
