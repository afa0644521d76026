package io.wadi.metrics.alerts.flow;

/** Why a document is a dead letter. It is never thrown. */
final class RefusedDocumentException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RefusedDocumentException(String why) {
        super(why, null, false, false);
    }
}
