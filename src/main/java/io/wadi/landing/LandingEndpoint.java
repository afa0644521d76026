package io.wadi.landing;

import io.wadi.config.Units;
import io.wadi.kafka.DeadLetters;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.DefaultEndpoint;

/** Where records land and when a file is published. The body it is sent is a {@link io.wadi.kafka.Run}. */
public final class LandingEndpoint extends DefaultEndpoint {
    private final LandingComponent landing;
    private final String directory;
    private long rollRecords = 100_000;
    private String rollBytes = "128MiB";
    private String rollEvery = "5m";
    private short replication = 3;
    private TimeBuckets timeBuckets = TimeBuckets.NONE;
    private LandingTime timeOf = LandingTime.RECORD;

    LandingEndpoint(String uri, LandingComponent component, String directory) {
        super(uri, component);
        this.landing = component;
        this.directory = directory.startsWith("/") ? directory : "/" + directory;
    }

    /** Publish a file at this many records. */
    public void setRollRecords(long rollRecords) {
        this.rollRecords = rollRecords;
    }

    /** Publish a file at this size, such as {@code 128MiB}. */
    public void setRollBytes(String rollBytes) {
        this.rollBytes = rollBytes;
    }

    /** Publish a file this long after its first record was written, such as {@code 5m}. */
    public void setRollEvery(String rollEvery) {
        this.rollEvery = rollEvery;
    }

    /** How many DataNodes hold each block. */
    public void setReplication(short replication) {
        this.replication = replication;
    }

    /** Whether files stand in directories by time: {@code none}, {@code day} or {@code hour}, in UTC. */
    public void setTimeBuckets(String timeBuckets) {
        this.timeBuckets = Units.choice(TimeBuckets.class, timeBuckets);
    }

    /** Whose time that is: the {@code record}'s, as Kafka has it, or that of its {@code landing}. */
    public void setTimeOf(String timeOf) {
        this.timeOf = Units.choice(LandingTime.class, timeOf);
    }

    @Override
    public Producer createProducer() throws Exception {
        Rotation rotation = new Rotation(rollRecords, Units.bytes(rollBytes), Units.duration(rollEvery));
        DeadLetters deadLetters = CamelContextHelper.mandatoryFindSingleByType(getCamelContext(), DeadLetters.class);
        return new LandingProducer(
                this,
                landing.fileStore(replication),
                new Layout(directory, timeBuckets),
                rotation,
                timeOf::millis,
                deadLetters);
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        throw new UnsupportedOperationException("landing: can be sent to, not consumed from");
    }
}
