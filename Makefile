# What SAM calls (sam build: build-…Function), and what people call. SAM does
# not tell the architecture: say it here, in the template's parameter and at
# every local command alike.
#
#   make build              bootstraps for AWS (arm64), as sam build does
#   make build ARCH=x86_64  the same for x86_64
#   make local              sam build for this machine's processor
#   make test               go test, with DynamoDB Local

ARCH ?= arm64
GOARCH := $(if $(filter x86_64 amd64,$(ARCH)),amd64,arm64)
HERE := $(if $(filter x86_64 amd64,$(shell uname -m)),x86_64,arm64)
ARTIFACTS_DIR ?= dist/$(ARCH)/$*
GOBUILD := CGO_ENABLED=0 GOOS=linux GOARCH=$(GOARCH) go build -trimpath -buildvcs=false -ldflags "-s -w -buildid=" -tags lambda.norpc

FUNCTIONS := Api Annex Console Sweep Relay

.PHONY: build local test $(FUNCTIONS:%=build-%Function)

build: $(FUNCTIONS:%=build-%Function)

build-ApiFunction build-AnnexFunction build-ConsoleFunction build-SweepFunction build-RelayFunction: build-%Function:
	$(GOBUILD) -o "$(ARTIFACTS_DIR)/bootstrap" ./functions/$(shell echo $* | tr A-Z a-z)

local:
	ARCH=$(HERE) sam build --build-in-source --parameter-overrides Architecture=$(HERE)

test:
	scripts/dynamodb-local run -- go test ./...
