"""The first five calls to Baton, from Python.

    pip install grpcio grpcio-tools
    python examples/python/first_calls.py            # Baton listens on 127.0.0.1:50051: `make serve`

The client code is generated from the .proto files at each start, into a temporary folder.
"""

import pathlib
import sys
import tempfile
import time
import uuid

import grpc
from grpc_tools import protoc

ROOT = pathlib.Path(__file__).resolve().parents[2]
ADDRESS = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:50051"


def generate(folder):
    """Makes the client code."""
    protos = [str(path) for path in sorted((ROOT / "proto").rglob("*.proto"))]
    protos.append(str(ROOT / "third_party/buf/validate/validate.proto"))
    import grpc_tools

    well_known = pathlib.Path(grpc_tools.__file__).parent / "_proto"
    arguments = ["", f"-I{ROOT / 'proto'}", f"-I{ROOT / 'third_party'}", f"-I{well_known}"]
    if protoc.main(arguments + [f"--python_out={folder}", f"--grpc_python_out={folder}"] + protos) != 0:
        sys.exit("the contracts do not compile")
    sys.path.insert(0, folder)


def what_became_of(receipt):
    """A receipt in words: its state, and what is wrong with the report."""
    from baton.record.v1 import record_pb2 as record

    state = record.ReceiptState.Name(receipt.state).removeprefix("RECEIPT_STATE_").lower().replace("_", " ")
    said = f"{state}: {'; '.join(receipt.problems)}" if receipt.problems else state
    if any("EFFECTIVE_IN_FUTURE" in problem for problem in receipt.problems):
        said += " (the report is of now by this computer's clock: a Baton with a simulated clock may stand in the past)"
    return said


def main():
    with tempfile.TemporaryDirectory() as folder:
        generate(folder)
        from baton.allocation.v1 import allocation_service_pb2 as allocation
        from baton.allocation.v1 import allocation_service_pb2_grpc as allocation_grpc
        from baton.frontdoor.v1 import frontdoor_service_pb2 as front_door
        from baton.frontdoor.v1 import frontdoor_service_pb2_grpc as front_door_grpc
        from baton.gateway.v1 import gateway_service_pb2 as gateway
        from baton.gateway.v1 import gateway_service_pb2_grpc as gateway_grpc
        from google.protobuf.timestamp_pb2 import Timestamp

        channel = grpc.insecure_channel(ADDRESS)
        system = [("baton-identity", "wirral/system:liquidlogic")]
        key = lambda: str(uuid.uuid4())  # makes a repeated request take effect once
        now = Timestamp(seconds=int(time.time()) - 1)

        # 1. A team.
        teams = allocation_grpc.AllocationServiceStub(channel)
        team = {"team_id": "frt", "kind": "assessment", "area": "north"}
        teams.SetTeam(allocation.SetTeamRequest(request_id=key(), team=team), metadata=system)
        teams.SetTeam(
            allocation.SetTeamRequest(request_id=key(), team={"team_id": "ifd", "kind": "front_door"}), metadata=system
        )

        # 2. A child, by the record system's own reference.
        door = front_door_grpc.FrontDoorServiceStub(channel)
        child = door.RegisterChild(
            front_door.RegisterChildRequest(
                request_id=key(), system="liquidlogic", reference=f"LL-{key()[:8]}", date_of_birth="2014-05-01"
            ),
            metadata=system,
        ).child
        print("child  ", child.child_id)

        # 3. A report: a contact arrived. The receipt says what Baton did with it.
        records = gateway_grpc.RecordServiceStub(channel)
        receipt = records.RecordEvents(
            gateway.RecordEventsRequest(
                events=[
                    {
                        "event_id": key(),
                        "revision": 1,
                        "effective_at": now,
                        "contact_received": {
                            "child": {"child_id": child.child_id},
                            "source_kind": "school",
                            "form": "written",
                        },
                    }
                ]
            ),
            metadata=system,
        ).receipts[0]
        if not receipt.outcomes:
            # Told plainly: it was not understood, or is still being carried out.
            sys.exit(f"contact  {what_became_of(receipt)}")
        contact_id = receipt.outcomes[0].contact_id
        print("contact", contact_id)

        # 4. The contact, with the hour by which it has to be decided and the rule that says so.
        contact = door.GetContact(front_door.GetContactRequest(contact_id=contact_id), metadata=system).contact
        print("decide by", contact.decision_due.breached_at.ToJsonString(), "under", ", ".join(contact.decision_due.rules))

        # 5. What happened so far, and what it waits for. `at_least` makes the view wait until it has seen the contact.
        journey = gateway_grpc.JourneyServiceStub(channel).GetJourney(
            gateway.GetJourneyRequest(child_id=child.child_id, at_least=receipt.outcomes[0].as_of), metadata=system
        )
        for entry in journey.entries:
            print("       ", entry.event.type, ", ".join(entry.event.rules))
        for task in journey.waiting_for:
            print("waits for", task.code, "by", task.owner.role, "of", task.owner.team_id or "the authority")

        # A refusal names every bad field at once.
        try:
            door.RegisterChild(front_door.RegisterChildRequest(system="Not A Slug", date_of_birth="2014-02-30"), metadata=system)
        except grpc.RpcError as error:
            print("refused ", error.code().name, "-", error.details())


if __name__ == "__main__":
    main()
