"""Calls a kit server by grpcio: `grpc_python.py ADDRESS FOLDER`.

FOLDER holds the printed `probe.proto`, of which grpcio-tools makes the stubs.
"""

import importlib.resources
import sys

import grpc
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from google.rpc import error_details_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)
from grpc_status import rpc_status
from grpc_tools import protoc

ADDRESS, FOLDER = sys.argv[1:]
well_known = importlib.resources.files("grpc_tools") / "_proto"
made = protoc.main(
    ["protoc", f"-I{FOLDER}", f"-I{well_known}", f"--python_out={FOLDER}", f"--grpc_python_out={FOLDER}", "probe.proto"]
)
assert made == 0, "protoc refused the printed file"
sys.path.insert(0, FOLDER)
import probe_pb2 as pb  # noqa: E402
import probe_pb2_grpc as pb_grpc  # noqa: E402

channel = grpc.insecure_channel(ADDRESS)
probe = pb_grpc.ProbeStub(channel)
TESTS = []


def test(function):
    TESTS.append(function)
    return function


def fails(call, code):
    try:
        call()
    except grpc.RpcError as error:
        assert error.code() == code, error
        return error
    raise AssertionError(f"expected {code}")


def numbers(items):
    return (pb.Number(n=n) for n in items)


def empty(method):
    """The request of a method without arguments, whatever its type is called."""
    service = pb.DESCRIPTOR.services_by_name["Probe"]
    return GetMessageClass(service.methods_by_name[method].input_type)()


@test
def unary():
    assert probe.Sum(pb.SumRequest(a=1, b=2)).value == 3
    assert probe.Sum(pb.SumRequest()).value == 0


@test
def server_streaming():
    assert [m.n for m in probe.Count(pb.CountRequest(upto=2000))] == list(range(2000))


@test
def client_streaming():
    assert probe.Total(numbers(range(1000))).value == 499500


@test
def bidirectional():
    assert [m.n for m in probe.Double(numbers(range(1000)))] == [2 * n for n in range(1000)]


@test
def a_stream_that_fails():
    got = []

    def read():
        for message in probe.Double(numbers([1, -1, 2])):
            got.append(message.n)

    error = fails(read, grpc.StatusCode.ABORTED)
    assert error.details() == "a negative number"
    assert got == [2]


@test
def deadlines():
    fails(lambda: probe.Hang(empty("Hang"), timeout=0.2), grpc.StatusCode.DEADLINE_EXCEEDED)
    stream = probe.Trickle(empty("Trickle"), timeout=0.3)
    assert next(stream).n == 1
    fails(lambda: next(stream), grpc.StatusCode.DEADLINE_EXCEEDED)


@test
def metadata():
    sent = [("x-text", "a"), ("x-text", "b"), ("x-bytes-bin", b"\x00\xff"), ("y-bytes-bin", b"\x01\x02")]
    _, call = probe.Meta.with_call(empty("Meta"), metadata=sent)
    initial = [(k, v) for k, v in call.initial_metadata() if k.startswith("x-")]
    assert sorted(initial) == sorted(sent[:3]), initial
    trailing = [(k, v) for k, v in call.trailing_metadata() if k.startswith("y-")]
    assert trailing == sent[3:], trailing


@test
def error_details():
    error = fails(lambda: probe.Sum(pb.SumRequest(a=1, b=-2)), grpc.StatusCode.OUT_OF_RANGE)
    assert error.details() == "b must not be negative: -2 ✗", error.details()
    status = rpc_status.from_call(error)
    assert status.code == grpc.StatusCode.OUT_OF_RANGE.value[0]
    info = error_details_pb2.ErrorInfo()
    assert status.details[0].Unpack(info)
    assert (info.reason, info.domain) == ("Negative", "test.v1.Probe")
    assert dict(info.metadata) == {"what": '"b"', "value": "-2"}


def refused(method, code, details, fields):
    """Checks a refused call: its domain error, and its retry delay in both forms."""
    call = channel.unary_unary(f"/test.v1.Refusing/{method}")
    error = fails(lambda: call(b""), code)
    assert error.details() == details, error.details()
    status = rpc_status.from_call(error)
    assert (status.code, status.message) == (code.value[0], details), status
    info, retry = error_details_pb2.ErrorInfo(), error_details_pb2.RetryInfo()
    assert len(status.details) == 2, status
    assert status.details[0].Unpack(info) and status.details[1].Unpack(retry), status
    assert (info.reason, info.domain) == ("Refused", "test.v1.Refusing")
    assert dict(info.metadata) == {name: f'"{value}"' for name, value in fields.items()}, info
    pushback = [v for k, v in error.trailing_metadata() if k == "grpc-retry-pushback-ms"]
    nanoseconds = retry.retry_delay.ToNanoseconds()
    assert pushback == [str(-(-nanoseconds // 1_000_000))], (pushback, nanoseconds)
    return nanoseconds / 1e9


@test
def a_used_up_rate():
    call = channel.unary_unary("/test.v1.Refusing/Limited")
    assert call(b"") == b"\x08\x01"
    fields = {"policy": "rate_limit", "state": "rate_exceeded"}
    wait = refused("Limited", grpc.StatusCode.RESOURCE_EXHAUSTED, "the rate limit is used up", fields)
    assert 3500 < wait <= 3600, wait


@test
def an_open_breaker():
    call = channel.unary_unary("/test.v1.Refusing/Broken")
    error = fails(lambda: call(b""), grpc.StatusCode.UNAVAILABLE)
    assert error.details() == "down", error.details()
    assert "grpc-retry-pushback-ms" not in dict(error.trailing_metadata())
    fields = {"policy": "breaker", "state": "open"}
    wait = refused("Broken", grpc.StatusCode.UNAVAILABLE, "the breaker is open", fields)
    assert 30 < wait <= 60, wait


@test
def panics():
    error = fails(lambda: probe.Panics(empty("Panics")), grpc.StatusCode.INTERNAL)
    assert error.details() == "method `panics` panicked"
    assert probe.Sum(pb.SumRequest(a=1, b=2)).value == 3


@test
def unknown_method():
    call = channel.unary_unary("/test.v1.Probe/Nope")
    error = fails(lambda: call(b""), grpc.StatusCode.UNIMPLEMENTED)
    assert error.details() == "service `test.v1.Probe` has no method `Nope`"


@test
def compression():
    data = b"as long as it is dull " * 10000
    sent = pb.BlobRequest(data=data)
    assert probe.Blob(sent, compression=grpc.Compression.Gzip).value == data
    error = fails(
        lambda: probe.Blob(sent, compression=grpc.Compression.Deflate), grpc.StatusCode.UNIMPLEMENTED
    )
    assert "`deflate` is not supported" in error.details(), error.details()


@test
def message_limit():
    error = fails(
        lambda: probe.Blob(pb.BlobRequest(data=b"x" * (5 << 20))), grpc.StatusCode.RESOURCE_EXHAUSTED
    )
    assert error.details() == "a message of 5242885 bytes is over the limit of 4194304 bytes"


@test
def health():
    stub = health_pb2_grpc.HealthStub(channel)
    check = lambda name: stub.Check(health_pb2.HealthCheckRequest(service=name)).status
    serving = health_pb2.HealthCheckResponse.SERVING
    not_serving = health_pb2.HealthCheckResponse.NOT_SERVING
    assert check("") == serving
    assert check("test.v1.Probe") == serving
    assert check("test.v1.Sleeping") == not_serving
    fails(lambda: check("nope"), grpc.StatusCode.NOT_FOUND)
    watch = stub.Watch(health_pb2.HealthCheckRequest(service="nope"))
    assert next(watch).status == health_pb2.HealthCheckResponse.SERVICE_UNKNOWN
    watch.cancel()


@test
def reflection():
    database = ProtoReflectionDescriptorDatabase(channel)
    services = list(database.get_services())
    assert "test.v1.Probe" in services and "grpc.health.v1.Health" in services, services
    pool = DescriptorPool(database)
    service = pool.FindServiceByName("test.v1.Probe")
    assert [m.name for m in service.methods][:3] == ["Sum", "Blob", "Count"]
    assert [f.name for f in pool.FindMessageTypeByName("test.v1.SumRequest").fields] == ["a", "b"]

    Ask = reflection_pb2.ServerReflectionRequest
    questions = [
        Ask(file_containing_symbol="nope.Nothing"),
        Ask(file_by_filename="nope.proto"),
        Ask(
            file_containing_extension=reflection_pb2.ExtensionRequest(
                containing_type="test.v1.Number", extension_number=100
            )
        ),
        Ask(all_extension_numbers_of_type="test.v1.Number"),
        Ask(file_containing_symbol="test.v1.Probe.Sum"),
    ]
    stub = reflection_pb2_grpc.ServerReflectionStub(channel)
    v1 = channel.stream_stream(
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        request_serializer=Ask.SerializeToString,
        response_deserializer=reflection_pb2.ServerReflectionResponse.FromString,
    )
    for call in (stub.ServerReflectionInfo, v1):
        answers = list(call(iter(questions)))
        assert [a.original_request for a in answers] == questions
        assert [a.error_response.error_code for a in answers] == [5, 5, 5, 0, 0]
        assert answers[0].error_response.error_message == "there is no symbol `nope.Nothing`"
        assert answers[3].all_extension_numbers_response.base_type_name == "test.v1.Number"
        assert len(answers[4].file_descriptor_response.file_descriptor_proto) >= 1
        nothing = lambda: list(call(iter([Ask()])))
        fails(nothing, grpc.StatusCode.INVALID_ARGUMENT)


for case in TESTS:
    case()
    print(f"{case.__name__}: ok")
print(f"{len(TESTS)} passed")
