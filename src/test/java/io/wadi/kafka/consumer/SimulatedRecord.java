package io.wadi.kafka.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A record at the simulated Kafka, with its deliveries and their outputs. */
final class SimulatedRecord {
    /** The kind of a record's output. */
    enum Kind {
        OUTPUT,
        /** An output that the producer refuses before it sends it. */
        REFUSED,
        /** An output that Kafka rejects. */
        REJECTED,
        DEAD_LETTER
    }

    private final int outputs;
    private final boolean isPoison;
    private final Kind kind;
    private final List<Delivery> deliveries = new ArrayList<>();
    private boolean isDoneElsewhere;
    private boolean isExpired;
    private int committedOutputs;
    private int committedDeadLetters;

    SimulatedRecord(Random random) {
        outputs = random.nextInt(3);
        isPoison = random.nextInt(15) == 0;
        kind = outputs == 0 ? Kind.OUTPUT : kind(random.nextInt(15));
    }

    private static Kind kind(int number) {
        return number == 0 ? Kind.REFUSED : number == 1 ? Kind.REJECTED : Kind.OUTPUT;
    }

    Delivery deliver() {
        Delivery delivery = new Delivery(this);
        deliveries.add(delivery);
        return delivery;
    }

    /** Processes the record, as another member does. */
    void processElsewhere() {
        isDoneElsewhere = true;
        committedOutputs += outputs;
    }

    void expire() {
        isExpired = true;
    }

    boolean isDone() {
        return isExpired || isDoneElsewhere || deliveries.stream().anyMatch(Delivery::isDone);
    }

    /** Asserts that the record is complete; in transactions, that it has produced its output or dead letter once. */
    void assertDone(String name, boolean exactlyOnce) {
        assertThat(isDone()).as("%s is done", name).isTrue();
        if (exactlyOnce && (!isExpired || committedOutputs + committedDeadLetters > 0)) {
            assertThat(committedOutputs)
                    .as("outputs of %s", name)
                    .isEqualTo(kind != Kind.OUTPUT && !isDoneElsewhere ? 0 : outputs);
            assertThat(committedDeadLetters)
                    .as("dead letters of %s", name)
                    .isEqualTo((kind != Kind.OUTPUT || isPoison) && !isDoneElsewhere ? 1 : 0);
        }
    }

    /** One delivery of a record. */
    static final class Delivery {
        private final SimulatedRecord record;
        private final List<Sent> sent = new ArrayList<>();
        private boolean isCompleted;

        private Delivery(SimulatedRecord record) {
            this.record = record;
        }

        int outputs() {
            return record.outputs;
        }

        boolean isPoison() {
            return record.isPoison;
        }

        /** Returns the kind of its outputs. */
        Kind kind() {
            return record.kind;
        }

        /** Reports that its exchange ends without an error. */
        void completed() {
            isCompleted = true;
        }

        Sent send(Kind outputKind) {
            Sent output = new Sent(record, outputKind);
            sent.add(output);
            return output;
        }

        private boolean isDone() {
            return isCompleted && sent.stream().allMatch(each -> each.isReportedAsFailed || each.isAcknowledged);
        }
    }

    /** An output sent in a delivery. */
    static final class Sent {
        private final SimulatedRecord record;
        private final Kind kind;
        private boolean isReportedAsFailed;
        private boolean isAcknowledged;

        private Sent(SimulatedRecord record, Kind kind) {
            this.record = record;
            this.kind = kind;
        }

        Kind kind() {
            return kind;
        }

        /** Reports that its exchange was notified of a failed send. */
        void reportAsFailed() {
            isReportedAsFailed = true;
        }

        void answered(boolean isSuccess) {
            isAcknowledged = isSuccess;
        }

        /** Reports that its transaction was committed. */
        void committed() {
            isAcknowledged = true;
            if (kind == Kind.DEAD_LETTER) {
                record.committedDeadLetters++;
            } else {
                record.committedOutputs++;
            }
        }
    }
}
