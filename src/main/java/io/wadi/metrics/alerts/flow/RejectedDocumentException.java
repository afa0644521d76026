package io.wadi.metrics.alerts.flow;

/** Why a document is a dead letter. It is never thrown. */
final class RejectedDocumentException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RejectedDocumentException(String why) {
        super(why, null, false, false);
    }
}
