package io.wadi.extension.mirror;

import io.wadi.runtime.Feature;
import io.wadi.runtime.FeatureContext;
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.health.DebouncedCheck.Use;
import io.wadi.runtime.health.ServerCheck;
import java.nio.file.Path;
import java.util.List;

/** The monitoring of a mirror: its health check and metrics, if the settings name one. */
public final class MirrorFeature implements Feature {
    @Override
    public List<Setting<?>> settings() {
        return MirrorWatchSettings.ALL;
    }

    @Override
    public void bind(FeatureContext context) {
        String name = context.get(MirrorWatchSettings.FILE);
        if (name.isEmpty()) {
            return;
        }
        MirrorFile file = MirrorFile.read(Path.of(name));
        MirrorProbe probe = new MirrorProbe(
                file,
                context.get(MirrorWatchSettings.HEARTBEAT_TIMEOUT),
                context.get(MirrorWatchSettings.MAX_LAG),
                context.meters());
        context.checkWithKafka(
                "mirror",
                () -> List.of(new ServerCheck(
                        "wadi-mirror",
                        Use.NONE,
                        "mirror " + file.file(),
                        "records stay in their source cluster, and MirrorMaker resumes at its last offsets;"
                                + " ./wadi mirror status shows details",
                        probe)));
    }
}
