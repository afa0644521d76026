package io.wadi.metrics.prometheus;

import java.util.Locale;

/** The two text formats of expositions. */
enum ExpositionFormat {
    /** Prometheus' own, version 0.0.4: timestamps are whole milliseconds. */
    TEXT,
    /** OpenMetrics 1.0: timestamps are seconds, exemplars may stand behind values, and the end is marked. */
    OPEN_METRICS;

    /** What to ask a target for ({@code Accept}); other versions are not asked for. */
    static final String ACCEPT =
            "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,text/plain;q=0.3,*/*;q=0.1";

    /**
     * The format of an answer.
     *
     * @param contentType its {@code Content-Type}; empty where it has none, which is 0.0.4, as any text is
     * @throws ScrapeException where it is neither of the two
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
                "answered with Content-Type " + type + ", allowed text/plain or application/openmetrics-text");
    }
}
