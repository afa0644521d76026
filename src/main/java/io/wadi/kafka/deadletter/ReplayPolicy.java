package io.wadi.kafka.deadletter;

/** How dead letters are taken back into the topic that they were meant for. The feature that took the records first binds it. */
@FunctionalInterface
public interface ReplayPolicy {
    /** What judges the letters of one look, on one thread. */
    LetterBox.Readmission newReplay();
}
