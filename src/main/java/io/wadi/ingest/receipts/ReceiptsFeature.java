package io.wadi.ingest.receipts;

import io.wadi.ingest.IngestSettings;
import io.wadi.ingest.json.BodyLimits;
import io.wadi.kafka.targets.RecordStates;
import io.wadi.kafka.targets.RecordTarget;
import io.wadi.runtime.Feature;
import io.wadi.runtime.FeatureContext;
import io.wadi.runtime.MemoryPlan;
import io.wadi.runtime.config.Setting;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The receipts feature: binds the steps of {@code routes/receipts.camel.yaml}. */
public final class ReceiptsFeature implements Feature {
    private static final Logger LOG = LoggerFactory.getLogger(ReceiptsFeature.class);

    @Override
    public List<Setting<?>> settings() {
        return ReceiptsSettings.ALL;
    }

    @Override
    public void bind(FeatureContext context) {
        LOG.info(
                "Receipts: maximum memory: {}",
                MemoryPlan.Receipts.of(Runtime.getRuntime().maxMemory()));
        ReceiptStates states = context.closing(ReceiptStates.of(
                context.kafka(), context.camel(), context.allProvided(RecordTarget.class), context.settings()));
        context.beforeStop(states::stopWaiting);
        context.bindBean("record-states", (RecordStates) (partition, offset) ->
                states.await(new Receipt(partition, offset), Duration.ZERO).map(ReceiptState::fields));
        ReceiptRequests requests = new ReceiptRequests(
                context.topics(),
                context.get(ReceiptsSettings.MAX_WAIT),
                context.get(ReceiptsSettings.MAX_RECEIPTS).intValue(),
                new BodyLimits(
                        context.get(IngestSettings.HTTP_MAX_BODY),
                        context.get(IngestSettings.HTTP_MAX_COMPRESSION_RATIO).intValue(),
                        context.get(IngestSettings.MAX_EVENT).intValue(),
                        context.get(IngestSettings.MAX_EVENTS)));
        WaitingRequests waiting = new WaitingRequests(
                context.get(ReceiptsSettings.MAX_WAITING).intValue(),
                IngestSettings.hasKeys(context.settings()),
                context.meters());
        context.bind("answer-for-receipt", AnswerForReceipts.one(requests, waiting, states));
        context.bind("answer-for-receipts", AnswerForReceipts.several(requests, waiting, states));
    }
}
