package io.wadi.indexing.setup;

import io.wadi.indexing.client.ElasticsearchAdmin;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Installs templates and policies. Objects of the same name that Wadi did not install, and newer versions, are left
 * unchanged.
 */
public final class Installation {
    private static final Logger LOG = LoggerFactory.getLogger(Installation.class);

    private final List<SetupFile> files;
    private final ElasticsearchAdmin admin;

    public Installation(List<SetupFile> files, ElasticsearchAdmin admin) {
        this.files =
                files.stream().sorted(Comparator.comparing(SetupFile::kind)).toList();
        this.admin = admin;
    }

    /** Installs the objects that are missing or older. */
    public void install() throws IOException {
        for (SetupFile file : files) {
            install(file);
        }
    }

    private void install(SetupFile file) throws IOException {
        if (file.kind() == SetupFile.Kind.ILM_POLICIES && !admin.hasLifecycles()) {
            LOG.info("Skipped {}: this Elasticsearch has no index lifecycle management", file.file());
            return;
        }
        SetupFile.Difference difference =
                admin.get(file.path()).map(file::difference).orElse(SetupFile.Difference.OLDER);
        switch (difference) {
            case NONE -> LOG.debug("Up to date: {}", file.file());
            case FOREIGN ->
                LOG.warn(
                        "Skipped {}: Wadi did not install the existing {}; rename one of them",
                        file.file(),
                        file.path());
            case NEWER -> LOG.warn("Skipped {}: a newer version is installed", file.file());
            case OLDER -> {
                admin.put(file.path(), file.content());
                LOG.info("Installed {}", file.file());
            }
            default -> throw new IllegalStateException(difference.name());
        }
    }
}
