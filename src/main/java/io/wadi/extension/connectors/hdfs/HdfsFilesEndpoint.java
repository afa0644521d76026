package io.wadi.extension.connectors.hdfs;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.wadi.extension.connectors.source.LineSourceEndpoint;
import io.wadi.extension.connectors.source.SourceContext;
import io.wadi.hdfs.HdfsConnection;
import io.wadi.hdfs.InputDirectory;
import io.wadi.runtime.config.Units;
import java.net.URI;
import java.util.Locale;
import java.util.Set;
import org.apache.camel.Component;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.kafka.connect.storage.Converter;

/**
 * The endpoint {@code hdfs-files:name}: a source that reads the files of an HDFS directory as
 * {@link io.wadi.extension.connectors.source.SourceBatch}es.
 */
public final class HdfsFilesEndpoint extends LineSourceEndpoint {
    private final HdfsConnection hdfs;
    private final MeterRegistry meters;
    private String directory = "";
    private String pattern = "*";
    private String ignoredSuffixes = "";
    private String format = "lines";

    public HdfsFilesEndpoint(
            String uri, Component component, SourceContext sources, HdfsConnection hdfs, MeterRegistry meters) {
        super(uri, component, sources);
        this.hdfs = hdfs;
        this.meters = meters;
    }

    /** Sets the directory, such as {@code /in/orders}; files in its subdirectories are not read. */
    public void setDirectory(String directory) {
        this.directory = directory;
    }

    /** Sets the pattern of names, such as {@code *.jsonl}. Names that begin with {@code _} or {@code .} never match. */
    public void setPattern(String pattern) {
        this.pattern = pattern;
    }

    /** Sets the suffixes of the names of files that are still being written, separated by commas. */
    public void setIgnoredSuffixes(String ignoredSuffixes) {
        this.ignoredSuffixes = ignoredSuffixes;
    }

    /** Sets the format of files: {@code lines}, {@code json}, {@code avro} or {@code parquet}. */
    public void setFormat(String format) {
        this.format = format;
    }

    @Override
    public Producer createProducer() {
        throw new UnsupportedOperationException("hdfs-files: can be consumed from, not sent to; landing: writes files");
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        reject(Set.of("value", "transforms"), "hdfs-files:", CONVERTED_AFTER);
        HdfsFileReader.Plan plan = plan();
        InputDirectory input = new InputDirectory(hdfs, checkedDirectory());
        return consumer(processor, hdfs.uri() + input.path(), "", routeId -> reader(plan, input, routeId));
    }

    private HdfsFileReader.Plan plan() {
        FileFormat files = format();
        if (files != FileFormat.LINES && !isRaw()) {
            throw new IllegalArgumentException(
                    "lines has no effect with format=%s, since its rows are objects: remove lines".formatted(format));
        }
        Converter line = lineConverter();
        return new HdfsFileReader.Plan(
                new FileNames(pattern, Units.list(ignoredSuffixes)),
                new FileFormat.Options(files, line, longestLine()),
                rows());
    }

    private FileFormat format() {
        try {
            return Units.choice(FileFormat.class, format);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("format: " + e.getMessage(), e);
        }
    }

    private String checkedDirectory() {
        String path = directory.endsWith("/") ? directory.substring(0, directory.length() - 1) : directory;
        try {
            if (path.length() > 1
                    && path.startsWith("/")
                    && URI.create(path).getPath().equals(path)) {
                return path;
            }
        } catch (IllegalArgumentException e) {
            throw wrongDirectory(e);
        }
        throw wrongDirectory(null);
    }

    private IllegalArgumentException wrongDirectory(Exception cause) {
        return new IllegalArgumentException(
                "directory is \"%s\", expected an absolute path of characters that a URI can have, such as /in/orders"
                        .formatted(directory),
                cause);
    }

    private HdfsFileReader reader(HdfsFileReader.Plan plan, InputDirectory input, String routeId) {
        CamelHdfsFiles files;
        try {
            files = new CamelHdfsFiles(getCamelContext(), hdfs, input.path());
        } catch (Exception e) {
            throw new IllegalStateException("camel-hdfs cannot be started: " + e.getMessage(), e);
        }
        return new HdfsFileReader(plan, input, files, state -> count(routeId, state));
    }

    private void count(String route, InputFileOffset.State state) {
        Counter.builder("wadi.source.files")
                .description("Finished files of HDFS: read, or failed and renamed")
                .tag("route", route)
                .tag("result", state.name().toLowerCase(Locale.ROOT))
                .register(meters)
                .increment();
    }
}
