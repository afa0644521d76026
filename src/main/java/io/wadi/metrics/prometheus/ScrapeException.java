package io.wadi.metrics.prometheus;

/** A target cannot be scraped now; the message says why, to follow the target's name. */
final class ScrapeException extends Exception {
    private static final long serialVersionUID = 1;

    ScrapeException(String message) {
        super(message);
    }
}
