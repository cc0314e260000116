# One image for all six services: the argument says which.
FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
RUN cargo build --profile dist --locked -p baton

FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /src/target/dist/baton /usr/local/bin/baton
USER 65532:65532
EXPOSE 50051 9464
ENTRYPOINT ["/usr/local/bin/baton"]
CMD ["all", "--data", "/data", "--listen", "0.0.0.0:50051"]
