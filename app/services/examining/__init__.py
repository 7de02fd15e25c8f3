"""Looking closely at a trained model: what it gets right, what it holds inside, and why it answers so."""

from app.services.examining.examiner import Examiner, ExaminerError

__all__ = ["Examiner", "ExaminerError"]
