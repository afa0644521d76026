package io.wadi.extension.connectors.files;

import io.wadi.extension.connectors.convert.ConversionEndpoint;
import io.wadi.extension.connectors.convert.SinkConversion;
import io.wadi.extension.connectors.sink.SinkProducer;
import io.wadi.extension.connectors.source.SourceConsumer;
import io.wadi.extension.connectors.source.SourceContext;
import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.runtime.config.Units;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Set;
import org.apache.camel.Component;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.kafka.connect.storage.Converter;

/**
 * The endpoint {@code file-stream:name}: reads files line by line as a {@link io.wadi.extension.connectors.source.SourceBatch}, or
 * writes a {@link io.wadi.kafka.RecordBatch} to files, one line for each record.
 */
public final class FileStreamEndpoint extends ConversionEndpoint {
    private static final String RAW = "raw";
    private static final String SCHEME = "file-stream:";
    private static final Set<String> OF_SINKS = Set.of("file");
    private static final Set<String> OF_SOURCES = Set.of("files", "every", "rows", "longestLine");

    private final SourceContext sources;
    private final String host;
    private final DeadLetterSender deadLetters;
    private String files = "";
    private String file = "";
    private String lines = RAW;
    private String every = "1s";
    private int rows = 2000;
    private String longestLine = "1MiB";

    /**
     * Creates an endpoint.
     *
     * @param host the host name of the files, for source offsets
     */
    public FileStreamEndpoint(
            String uri, Component component, SourceContext sources, String host, DeadLetterSender deadLetters) {
        super(uri, component);
        this.sources = sources;
        this.host = host;
        this.deadLetters = deadLetters;
    }

    /** The files to read: a directory and a pattern of names, such as {@code /var/log/shop/app.log*}. */
    public void setFiles(String files) {
        this.files = files;
    }

    /** The path of a partition's file to write, such as <code>/data/{topic}+{partition}.jsonl</code>. */
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

    /** Returns the converter of lines; null if a line is the raw value. */
    private Converter lineConverter() {
        return lines.equals(RAW) ? null : converter(lines);
    }

    @Override
    public Producer createProducer() {
        reject(OF_SOURCES, SCHEME, "it is an option of sources; remove it");
        Converter line = lineConverter();
        SinkConversion conversion = new SinkConversion(values(), transformations());
        if (line == null && !conversion.transformations().isEmpty()) {
            throw new IllegalArgumentException(
                    "transforms need fields, which lines=raw has not; allowed with them: json and string");
        }
        FileSinkOptions options = new FileSinkOptions(file, line, conversion);
        return new SinkProducer(
                this, (first, routeId) -> FileSink.open(first, routeId, deadLetters, options), () -> {}, conversion);
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        rejectOnSource(OF_SINKS, SCHEME);
        Path path = Path.of(files);
        if (path.getParent() == null || path.getFileName() == null) {
            throw new IllegalArgumentException(
                    "files is \"%s\", allowed is a directory and a pattern of names, such as /var/log/shop/app.log*"
                            .formatted(files));
        }
        FileReader.Plan plan = new FileReader.Plan(
                path.getParent(),
                path.getFileName().toString(),
                lineConverter(),
                rows,
                Math.toIntExact(Units.bytes(longestLine)));
        SourceConsumer.Subject read = new SourceConsumer.Subject(files, host, SourceContext.duration("every", every));
        return new SourceConsumer(this, processor, sources, read, () -> new FileReader(plan, Clock.systemUTC()));
    }
}
