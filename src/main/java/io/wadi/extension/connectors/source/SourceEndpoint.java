package io.wadi.extension.connectors.source;

import io.wadi.extension.connectors.convert.ConversionEndpoint;
import java.time.Duration;
import java.util.function.Function;
import org.apache.camel.Component;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;

/** An endpoint with the options of all sources. */
public abstract class SourceEndpoint extends ConversionEndpoint {
    private static final Duration MIN_INTERVAL = Duration.ofMillis(10);

    private final SourceContext sources;
    private String every = "1s";
    private int rows = 2000;

    protected SourceEndpoint(String uri, Component component, SourceContext sources) {
        super(uri, component);
        this.sources = sources;
    }

    /** The interval between reads without new rows, such as {@code 1s}. */
    public void setEvery(String every) {
        this.every = every;
    }

    /** The maximum number of rows of a read, which is one transaction. */
    public void setRows(int rows) {
        this.rows = rows;
    }

    /** Returns the maximum number of rows of a read. */
    protected final int rows() {
        if (rows < 1) {
            throw new IllegalArgumentException("rows is %d, allowed is 1 or more".formatted(rows));
        }
        return rows;
    }

    /**
     * Creates the consumer of a source.
     *
     * @param where what is read, for people
     * @param scope what distinguishes it from what other processes read under the same route; empty where that is the same
     * @param readers makes a reader for a route's id
     */
    protected final Consumer consumer(
            Processor processor, String where, String scope, Function<String, SourceReader> readers) {
        Duration interval = SourceContext.duration("every", every);
        if (interval.compareTo(MIN_INTERVAL) < 0) {
            throw new IllegalArgumentException("every is \"%s\", allowed is 10ms or more".formatted(every));
        }
        SourceConsumer.Subject subject = new SourceConsumer.Subject(where, scope, interval);
        return new SourceConsumer(this, processor, sources, subject, readers);
    }
}
