package io.wadi.metrics.alerts.flow;

/** The cause of a document's dead letter. It is never thrown. */
final class RejectedDocumentException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RejectedDocumentException(String why) {
        super(why, null, false, false);
    }
}
