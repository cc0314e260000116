#!/usr/bin/env bash
# Renders the base and every overlay, and validates each object strictly against the Kubernetes schemas, offline.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v kubectl >/dev/null || { echo "k8s-check: needs kubectl (for kustomize): not found" >&2; exit 1; }
scripts/tools.sh kubernetes-validate
rendered="$(mktemp -d)"
trap 'rm -rf "$rendered"' EXIT

for folder in k8s/base k8s/overlays/*/; do
    file="$rendered/$(echo "${folder%/}" | tr / -).yaml"
    kubectl kustomize "$folder" >"$file"
    # A kind without a schema is only a warning there: here it is a failure.
    if ! .tools/venv/bin/kubernetes-validate --strict "$file" >"$rendered/report" 2>&1 || grep -qi warn "$rendered/report"; then
        grep -viE '^INFO.*passed' "$rendered/report" >&2 || true
        echo "k8s-check: $folder does not validate" >&2
        exit 1
    fi
    echo "k8s-check: $folder: $(grep -c passed "$rendered/report") objects valid"
done

# A check that cannot fail shows nothing: a misspelt key has to be found.
sed 's/readOnlyRootFilesystem/readOnlyRootFileSystem/' "$rendered/k8s-base.yaml" >"$rendered/broken.yaml"
if .tools/venv/bin/kubernetes-validate --strict "$rendered/broken.yaml" >/dev/null 2>&1; then
    echo "k8s-check: the validator let a misspelt key pass" >&2
    exit 1
fi
