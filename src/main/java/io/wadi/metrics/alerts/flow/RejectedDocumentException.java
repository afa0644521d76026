package io.wadi.metrics.alerts.flow;

/** The cause of a document's dead letter. It is never thrown. */
final class RejectedDocumentException extends RuntimeException {
    RejectedDocumentException(String why) {
        super(why, null, false, false);
    }
}
