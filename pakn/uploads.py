"""No request brings more than a case with all its files may hold (R23): what announces more is not read at all."""

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

from submissions.files import MEBIBYTE

MOST = 105 * MEBIBYTE
"""A case's 100 MB and the form around them. Django reads no further than what was announced."""


class Quota(FileUploadHandler):
    """Stands before the handlers that keep what arrives."""

    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None):
        if content_length > MOST:
            raise RequestDataTooBig("more than a case may hold was announced")

    def receive_data_chunk(self, raw_data, start):
        return raw_data

    def file_complete(self, file_size):
        return None
