package io.wadi.extension.connectors.source;

import io.wadi.extension.connectors.convert.ConversionEndpoint;
import java.time.Duration;
import org.apache.camel.Component;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;

/** A base of endpoints with the options of all sources. */
public abstract class SourceEndpoint extends ConversionEndpoint {
    private static final Duration MIN_INTERVAL = Duration.ofMillis(10);

    private final SourceContext sources;
    private String every = "1s";
    private int rows = 2000;

    protected SourceEndpoint(String uri, Component component, SourceContext sources) {
        super(uri, component);
        this.sources = sources;
    }

    /** Sets the interval between polls that find no rows, such as {@code 1s}. */
    public void setEvery(String every) {
        this.every = every;
    }

    /** Sets the maximum number of rows of a poll, which is one transaction. */
    public void setRows(int rows) {
        this.rows = rows;
    }

    /** Returns the maximum number of rows of a poll. */
    protected final int rows() {
        if (rows < 1) {
            throw new IllegalArgumentException("rows is %d, expected 1 or more".formatted(rows));
        }
        return rows;
    }

    /**
     * Creates the consumer of a source.
     *
     * @param where the name of the input in messages
     * @param scope distinguishes the input from those that other processes read under the same route; empty if all of
     *     them read the same input
     * @param readers the readers of the source
     */
    protected final Consumer consumer(Processor processor, String where, String scope, SourceReaders readers) {
        Duration interval = SourceContext.duration("every", every);
        if (interval.compareTo(MIN_INTERVAL) < 0) {
            throw new IllegalArgumentException("every is \"%s\", expected 10ms or more".formatted(every));
        }
        SourceConsumer.Subject subject = new SourceConsumer.Subject(where, scope, interval);
        return new SourceConsumer(this, processor, sources, subject, readers);
    }
}
