package io.wadi.extension.connectors.files;

import io.wadi.extension.connectors.convert.SinkConversion;
import io.wadi.extension.connectors.sink.SinkProducer;
import io.wadi.extension.connectors.source.LineSourceEndpoint;
import io.wadi.extension.connectors.source.SourceContext;
import io.wadi.kafka.deadletter.DeadLetterSender;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Set;
import java.util.regex.PatternSyntaxException;
import org.apache.camel.Component;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.kafka.connect.storage.Converter;

/**
 * The endpoint {@code file-stream:name}: a source that reads files line by line as
 * {@link io.wadi.extension.connectors.source.SourceBatch}es, or a sink that writes {@link io.wadi.kafka.RecordBatch}es
 * to files, one line for each record.
 */
public final class FileStreamEndpoint extends LineSourceEndpoint {
    private static final String SCHEME = "file-stream:";
    private static final Set<String> OF_SINKS = Set.of("file");
    private static final Set<String> OF_SOURCES = Set.of("files", "every", "rows", "longestLine");

    private final String host;
    private final DeadLetterSender deadLetters;
    private String files = "";
    private String file = "";

    /**
     * Creates an endpoint.
     *
     * @param host the name of this host, which is part of the source offsets, because files are local
     */
    public FileStreamEndpoint(
            String uri, Component component, SourceContext sources, String host, DeadLetterSender deadLetters) {
        super(uri, component, sources);
        this.host = host;
        this.deadLetters = deadLetters;
    }

    /** Sets the files to read: a directory and a pattern of names, such as {@code /var/log/shop/app.log*}. */
    public void setFiles(String files) {
        this.files = files;
    }

    /** Sets the path of a partition's file to write, such as <code>/data/{topic}+{partition}.jsonl</code>. */
    public void setFile(String file) {
        this.file = file;
    }

    @Override
    public Producer createProducer() {
        reject(OF_SOURCES, SCHEME, "it is an option of sources; remove it");
        if (isRaw() && hasConversion()) {
            throw new IllegalArgumentException(RAW_HAS_NO_FIELDS);
        }
        Converter line = lineConverter();
        SinkConversion conversion = new SinkConversion(values(), transformations());
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
                    "files is \"%s\", expected a directory and a pattern of names, such as /var/log/shop/app.log*"
                            .formatted(files));
        }
        String pattern = path.getFileName().toString();
        requireValid(pattern);
        FileReader.Plan plan = new FileReader.Plan(path.getParent(), pattern, lineConverter(), rows(), longestLine());
        return consumer(processor, files, host, new FileReaders(plan, Clock.systemUTC()));
    }

    private void requireValid(String pattern) {
        try {
            FileSystems.getDefault().getPathMatcher("glob:" + pattern);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "files is \"%s\", and its pattern of names is invalid: %s".formatted(files, e.getDescription()), e);
        }
    }
}
