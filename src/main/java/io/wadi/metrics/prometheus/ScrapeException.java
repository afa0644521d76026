package io.wadi.metrics.prometheus;

/** A failed scrape; the message continues a sentence that starts with the target's name. */
final class ScrapeException extends Exception {
    ScrapeException(String message) {
        super(message);
    }
}
