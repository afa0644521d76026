package io.wadi.metrics.prometheus;

import java.util.Locale;

/** The two text formats of expositions. */
enum ExpositionFormat {
    /** Prometheus' text format 0.0.4: timestamps are whole milliseconds. */
    TEXT,
    /** OpenMetrics 1.0: timestamps are in seconds, exemplars may follow values, and a mark ends the exposition. */
    OPEN_METRICS;

    /** The {@code Accept} header of requests. */
    static final String ACCEPT =
            "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,text/plain;q=0.3,*/*;q=0.1";

    /**
     * Returns the format of a response.
     *
     * @param contentType its {@code Content-Type}; empty if absent, which means {@link #TEXT}
     * @throws ScrapeException if it is neither of the two
     */
    static ExpositionFormat of(String contentType) throws ScrapeException {
        String type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        if (type.equals("application/openmetrics-text")) {
            return OPEN_METRICS;
        }
        if (type.equals("text/plain") || type.isEmpty()) {
            return TEXT;
        }
        throw new ScrapeException(
                "responded with Content-Type " + type + ", expected text/plain or application/openmetrics-text");
    }
}
